"""The history of the tables, from ``0001_tables``."""
