"""What each document says, a folder each, and one renderer a kind of file (``formats``).

A folder starts in its composition; ``mots`` has the words they share.
"""
