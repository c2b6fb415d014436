"""The one tree of a document (``arbre``), and what its renderers share of the French language."""
