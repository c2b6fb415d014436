"""Every JSON that other programs read: raw texts, ISO dates; keys may be added, never renamed.

It starts in ``checklist``, whose head and sources the others repeat.
"""
