"""What each document says, a folder each, and ``formats``: one renderer a kind of file."""
