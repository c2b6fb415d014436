"""Every JSON that other programs read: raw texts, ISO dates; keys may be added, never renamed.

It starts in ``champs``, by which every module says what it writes of records.
"""
