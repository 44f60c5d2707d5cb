"""The version of what is installed: ``--version`` of every command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: The name on the package index; it is imported as ``ensemble`` and ``backbones``.
DISTRIBUTION = "backbone-ensemble"


def add_version(parser: argparse.ArgumentParser) -> None:
    """Gives a command ``--version``: it prints the distribution and its version, and exits with 0.

    Where only the source is there, and no version is known, it says so and exits with 1.
    """
    parser.add_argument("--version", action=_Version, help="show the version and exit")


class _Version(argparse.Action):
    """Looks the version up only when asked for: it takes longer than all else of ``--help``."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version(DISTRIBUTION)
        except PackageNotFoundError:
            source = Path(__file__).parents[1]
            way = f"to have one: python -m pip install {source}"
            parser.exit(1, f"{DISTRIBUTION} is not installed, so it has no version; {way}\n")
        sys.stdout.write(f"{DISTRIBUTION} {found}\n")
        parser.exit()
