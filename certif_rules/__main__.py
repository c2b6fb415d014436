"""``certif-rules``, and ``python -m certif_rules``: what is loaded may be interrupted as what is run."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program; Ctrl-C while its modules load gives the status that it gives later."""
    try:
        from certif_rules import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
