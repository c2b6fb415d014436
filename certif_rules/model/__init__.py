"""What a référentiel is, all of it: frozen records, nothing computed and nothing read from disk."""
