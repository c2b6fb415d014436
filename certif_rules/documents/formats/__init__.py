"""One renderer of the tree a kind of file: ``markdown``, ``terminal``, ``page``, ``docx``, ``pdf``."""
