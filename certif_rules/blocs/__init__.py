"""The one tree of a document, and what its renderers share of the French language."""
