"""The flags that say what a command prints: the same of every command."""

from __future__ import annotations

import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add ``--quiet``, ``--json`` and ``--debug``, which ``run_command`` follows."""
    parser.add_argument("--quiet", action="store_true", help="print warnings and errors alone")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object at the end, all else on stderr",
    )
    parser.add_argument(
        "--debug",
        action="store_true",
        help="print the traceback of every error",
    )
