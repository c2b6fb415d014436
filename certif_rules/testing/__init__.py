"""For those who test a référentiel: cases in YAML that an auditor can read, collected by pytest."""
