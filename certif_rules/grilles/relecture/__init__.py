"""Filled grids read back: one module per kind of file, all giving the same rows, and what checks them.

It starts in ``grille``. Files come from outside: sizes are known before anything is read, nothing is
evaluated, nothing is guessed.
"""
