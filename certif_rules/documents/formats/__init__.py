"""One renderer of the tree of blocks a kind of file."""
