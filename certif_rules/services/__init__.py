"""What commands, and any other front end, share: one module a command, and a front end never computes.

A command starts in the module of its name; ``atelier`` opens what is installed.
"""
