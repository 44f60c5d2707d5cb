"""Proposes a config for a folder of photos: ``python -m ensemble.init [FOLDER]``."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is imported: Ctrl-C may come at once
    from ensemble.terminal.stopping import end_at_signals

    end_at_signals()

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ensemble.terminal.console import Console

from backbones.home import expand_home
from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

EPILOG = """\
example:
  python -m ensemble.init my-photos   looks at the photos and tables, and writes my-photos.yaml

Tables lie in the folder, one folder below, or beside it; or the folders of the photos are named by
their value, as 12.5/a.jpg. Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.init",
        usage="%(prog)s [FOLDER] [--target COLUMN] [--config PATH] ...",
        description="Write a config for a folder of photos, saying what was seen and guessed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "folder",
        nargs="?",
        type=_local_folder,
        default=Path("."),
        metavar="FOLDER",
        help="the photos, or what holds their folder (default: here)",
    )
    made.add_argument(
        "--config",
        type=expand_home,
        metavar="PATH",
        help="the file to write (default: the folder's name and .yaml, here)",
    )
    made.add_argument("--table", type=expand_home, metavar="FILE", help="the table to learn from")
    made.add_argument("--names", metavar="COLUMN", help="its column of the photos' names")
    made.add_argument("--target", metavar="COLUMN", help="its column of the number to predict")
    made.add_argument(
        "--group", metavar="COLUMN", help="its column of what must be kept in one fold"
    )
    made.add_argument(
        "--networks",
        type=expand_home,
        metavar="PATH",
        help="a saved network, .keras, or a folder of them (default: the largest of KERAS_HOME)",
    )
    made.add_argument("--force", action="store_true", help="write over a config that is there")
    add_flags(made)
    add_version(made)
    return made


def _local_folder(text: str) -> Path:
    from backbones.remote.url import is_url

    if is_url(text):
        raise argparse.ArgumentTypeError(
            "init reads every photo and the tables beside: give it a folder of this machine with a "
            "part of the photos, then set data.images to the URL in the config that it writes"
        )
    return expand_home(text)


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _init, arguments)


def _init(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    from ensemble.proposal.proposing import init

    proposal = init(
        asked.folder,
        config=asked.config,
        table=asked.table,
        names=asked.names,
        target=asked.target,
        group=asked.group,
        networks=asked.networks,
        force=asked.force,
        progress=console,
    )
    for line in proposal.seen:
        console.line(line)
    for line in proposal.cautions:
        console.warning(line)
    console.line(f"{proposal.config} is written; look at it, then: {_next(proposal.config)}")
    return {
        "config": proposal.config,
        "written": proposal.written,
        "seen": proposal.seen,
    }


def _next(config: Path) -> str:
    import shlex

    return f"python -m ensemble.fit {shlex.quote(str(config))}"


if __name__ == "__main__":
    sys.exit(main())
