"""``python -m certif_rules``."""

from certif_rules.cli import main

if __name__ == "__main__":
    main()
