"""What the documents on an application say: ``composition``, and ``attribution`` for an award."""
