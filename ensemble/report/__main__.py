"""Writes the report of a run again: ``python -m ensemble.report [RUN]``."""

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
  python -m ensemble.report runs/face_counting

Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C or SIGTERM.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.report",
        description="Write the report of a run: one page that needs nothing else, and its data.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "run",
        nargs="?",
        type=expand_home,
        metavar="RUN",
        help="the folder of a run (default: the newest in runs/)",
    )
    made.add_argument(
        "--out",
        type=expand_home,
        metavar="HTML",
        help="where the page goes (default: report.html in the run); its data and a model card "
        "lie beside it",
    )
    made.add_argument(
        "--force", action="store_true", help="write over files that this program did not write"
    )
    add_flags(made)
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _report, arguments)


def _report(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    from ensemble.reporting import CARD, report
    from ensemble.runs.folder import newest_run, open_run_folder
    from ensemble.runs.several import is_of_several, open_targets
    from ensemble.targets.reporting import write_targets_report

    run = asked.run if asked.run is not None else newest_run(Path("runs"))
    files = open_run_folder(run)
    if is_of_several(files) and asked.out is None:
        page = write_targets_report(*open_targets(files), asked.force)
        console.line(f"{page}: it leads to the page of each target, written anew as well")
        return {"page": page, "data": page.with_suffix(".json")}
    page = report(run, out=asked.out, force=asked.force)
    console.line(f"{page}: {page.stat().st_size / 1e6:.1f} MB")
    return {"page": page, "data": page.with_suffix(".json"), "card": page.with_name(CARD)}


if __name__ == "__main__":
    sys.exit(main())
