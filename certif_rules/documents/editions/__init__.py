"""What two editions change, as blocks: ``composition``, the words of a line side by side in ``redaction``."""
