"""One renderer of the tree of blocks a kind of file: ``markdown``, ``terminal``, ``page``, ``docx``, ``pdf``."""
