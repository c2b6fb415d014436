"""What those who write a référentiel test it with: cases in YAML that auditors can read, a class to inherit.

``collecte`` collects cases for pytest; ``cas`` compares one with what the rules give; ``conformite`` has the
tests of what every plugin must hold.
"""
