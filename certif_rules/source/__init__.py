"""YAML text with the place of every key and value (``yaml``), and data against the schemas (``schema``)."""
