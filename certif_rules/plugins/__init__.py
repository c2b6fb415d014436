"""What is installed: hooks, discovery, layers on disk, choice by date, digests.

It starts in ``registry``, which holds the only state of the program.
"""
