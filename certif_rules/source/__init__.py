"""YAML text with the place of every key and value, and data against the JSON Schemas."""
