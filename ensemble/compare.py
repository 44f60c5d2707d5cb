"""Holds runs against each other: ``python -m ensemble.compare RUN RUN``."""

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
    from ensemble.comparing import Comparison
    from ensemble.terminal.console import Console

from backbones.home import expand_home
from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

EPILOG = """\
example:
  python -m ensemble.compare runs/before runs/after --out compared.html

Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C or SIGTERM.
"""

#: Photos that are printed.
_PRINTED = 5


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.compare",
        description="Compare runs on the photos that all of them have predicted out of fold.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "runs",
        nargs="+",
        type=expand_home,
        metavar="RUN",
        help="folders of runs; the others are held against the first",
    )
    made.add_argument(
        "--out",
        type=expand_home,
        metavar="HTML",
        help="write a page as well, with the photos on which they differ most",
    )
    made.add_argument(
        "--force", action="store_true", help="write over a file that this program did not write"
    )
    add_flags(made)
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _compare, arguments)


def _compare(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    from ensemble.runs.several import folders_of
    from ensemble.targets.comparing import folders_by_target

    by_target = folders_by_target(asked.runs)
    if not by_target:
        return _compare_runs(asked.runs, asked.out, asked.force, console)
    content = {}
    for target, place in folders_of(list(by_target)).items():
        console.line(f"target {target}:")
        name = place.rpartition("/")[2]
        out = asked.out and asked.out.with_name(f"{asked.out.stem}-{name}{asked.out.suffix}")
        content[target] = _compare_runs(by_target[target], out, asked.force, console)
    return {"targets": content}


def _compare_runs(
    runs: Sequence[Path], out: Path | None, force: bool, console: Console
) -> Mapping[str, Any]:
    """Compare runs of one target; what is said, for another program."""
    from backbones.plural import count
    from ensemble.comparing import compare, write_comparison
    from ensemble.digits import format_given, format_number

    found = compare(runs)
    beside = next(iter(found.scores.values())).others
    header = ["run", found.metric.label, "± s.e.", *beside, "difference", "95 %", ""]
    console.table(header, _rows(found))
    photos = count(len(found.photos), found.config.data.columns.noun)
    console.line(f"on {photos}: those that count and are in all of them")
    for name in found.apart[:_PRINTED]:
        said = ", ".join(format_number(found.photos[run][name]) for run in found.scores)
        true = format_given(found.photos["target"][name])
        console.line(f"  {name}: true {true}, predicted {said}")
    if out is not None:
        write_comparison(found, out, force)
        console.line(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
    return {
        "runs": found.table().to_dict("records"),
        "photos": len(found.photos),
        "apart": found.apart,
        "page": out,
    }


def _rows(found: Comparison) -> list[list[str]]:
    from ensemble.digits import format_score

    rows = []
    for name, one in found.scores.items():
        headline, error = one.headline, one.headline.standard_error
        row = [name, format_score(headline.value, error), format_score(error, error)]
        row += [format_score(*other) for other in one.others.values()]
        by = found.differences.get(name)
        if by is not None:
            size, low, high = (
                format_score(number, error / 3) for number in (by.size, by.low, by.high)
            )
            row += [size, f"{low} to {high}", by.verdict]
        rows.append(row if by is not None else [*row, "", "", ""])
    return rows


if __name__ == "__main__":
    sys.exit(main())
