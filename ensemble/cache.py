"""Says what the cache holds, and makes room in it: ``python -m ensemble.cache``."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is imported: Ctrl-C may come at once
    from ensemble.terminal.stopping import end_at_signals

    end_at_signals()

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backbones.home import expand_home
from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

if TYPE_CHECKING:
    from ensemble.storage.inventory import Entry, Inventory
    from ensemble.terminal.console import Console

EPILOG = """\
examples:
  python -m ensemble.cache                 what there is, its size, when it was last used
  python -m ensemble.cache --prune 30d     remove what was not used in the last 30 days

Runs keep working; what is removed is computed again where a later command needs it. Of networks and
pictures the date of writing counts. What another process uses is younger than any age that --prune
takes, unless that process has run for longer; with --clear, it may fail, and has to be run again.
Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C or SIGTERM.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.cache",
        description="List what the cache holds, and remove what is not needed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--dir",
        type=expand_home,
        metavar="DIR",
        help="the cache (default: ENSEMBLE_CACHE, or ~/.cache/ensemble)",
    )
    removal = made.add_mutually_exclusive_group()
    removal.add_argument(
        "--prune",
        metavar="AGE",
        help="remove what was not used for so long: 12h, 30d, 2w",
    )
    removal.add_argument(
        "--clear",
        action="store_true",
        help="remove all that ensemble has written there, but for its records of what it has "
        "written elsewhere",
    )
    add_flags(made)
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _cache, arguments)


def _cache(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    from time import time

    from ensemble.config.config import default_cache
    from ensemble.storage.inventory import take_inventory
    from ensemble.storage.pruning import clearable, parse_age, remove_empty_folders, unused_since

    since = None if asked.prune is None else time() - parse_age(asked.prune)
    cache = (asked.dir or Path(default_cache())).expanduser()
    if asked.dir is None and not cache.exists():
        console.line(f"nothing is kept yet: there is no {cache}")
        return {"kept": [], "bytes": 0, "freed": 0, "paths": {"cache": cache}}
    inventory = take_inventory(cache.resolve())
    if asked.clear:
        gone = _remove(inventory, clearable(inventory), console)
        remove_empty_folders(inventory.cache)
    elif since is not None:
        gone = _remove(inventory, unused_since(inventory, since), console)
    else:
        gone = []
        _show(inventory, console)
    return _content(inventory, gone)


def _content(inventory: Inventory, gone: Sequence[Entry]) -> Mapping[str, Any]:
    """What is kept now, for another program."""
    from ensemble.storage.summary import listing

    kept = [entry for entry in inventory.entries if entry not in gone]
    freed = sum(entry.size for entry in gone)
    return {
        "kept": listing(kept),
        "bytes": inventory.size - freed,
        "freed": freed,
        "paths": {"cache": inventory.cache},
    }


def _show(inventory: Inventory, console: Console) -> None:
    from ensemble.storage.summary import HEADER, summarize

    console.line(f"cache: {inventory.cache}")
    console.table(HEADER, summarize(inventory), left=3)


def _remove(inventory: Inventory, entries: Sequence[Entry], console: Console) -> Sequence[Entry]:
    """Remove entries and say so; those that are gone."""
    from ensemble.storage.pruning import remove
    from ensemble.storage.summary import HEADER, format_size, rows

    gone = remove(entries)
    if gone:
        console.table(HEADER, rows(gone), left=3)
    freed = sum(entry.size for entry in gone)
    left = inventory.size - freed
    console.line(f"freed {format_size(freed)} in {inventory.cache}; {format_size(left)} are left")
    return gone


if __name__ == "__main__":
    sys.exit(main())
