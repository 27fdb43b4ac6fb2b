"""`almoner`: the way in."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line given and leave with its exit code."""
    from tui.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
