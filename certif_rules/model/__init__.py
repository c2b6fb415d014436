"""What a référentiel is, all of it: frozen records, nothing computed and nothing read from disk.

It starts in ``referentiel``; ``base`` holds what the others are made of.
"""
