"""How a body dresses its documents: its file, read and checked, as values."""
