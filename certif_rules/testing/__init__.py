"""Cases in YAML that an auditor can read, for those who test a référentiel.

``collecte`` collects them for pytest; ``cas`` compares a case with what the rules give.
"""
