"""``certif-rules`` and ``python -m certif_rules`` start here: loading may be interrupted, as running may."""

from __future__ import annotations

import gc
import sys

#: Objects made between two collections: one command makes few cycles, and looks at all it holds each time.
_SELDOM = 100_000


def main() -> None:
    """Run the program; Ctrl-C while its modules load gives the status that it gives later."""
    gc.set_threshold(_SELDOM)
    try:
        from certif_rules import cli

        cli.main()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
