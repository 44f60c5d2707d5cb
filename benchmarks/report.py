"""Arguments that the benchmarks share, and their figures as a table and as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("keras", "numpy", "openvino", "pillow", "tensorflow")


def parser(doc: str | None, photos: int, rounds: int | None = None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=doc)
    made.add_argument("--photos", type=int, default=photos, help="photos (default: %(default)s)")
    if rounds is not None:
        made.add_argument(
            "--rounds", type=int, default=rounds, help="in turns (default: %(default)s)"
        )
    made.add_argument("--json", type=Path, default=None, help="where to keep the figures")
    return made


def show(rows: Sequence[dict[str, Any]], path: Path | None) -> None:
    """Prints the rows as a Markdown table; keeps them, and where they were measured, at `path`."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([_text(row[name]) for name in names] for row in rows)]
    sys.stdout.write("".join(f"| {' | '.join(line)} |\n" for line in lines))
    if path is not None:
        measured = {name: version(name) for name in PACKAGES}
        machine = {"cores": os.cpu_count(), "processor": platform.processor(), **measured}
        path.write_text(json.dumps({"machine": machine, "rows": list(rows)}, indent=1))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.3g}" if isinstance(value, float) and value < 100 else f"{value:,.0f}"
