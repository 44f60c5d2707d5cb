"""Writes what is generated from the code that checks configs.

``python -m docs``, run in the checkout once a key, a head or its description has changed, writes
``configs/schema.json``, by which editors complete and check configs, and ``docs/config.md``. The
tests say when either is out of date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from docs.reference import page
from docs.schema import schema

ROOT = Path(__file__).parents[1]


def texts() -> dict[Path, str]:
    """The content of each generated file."""
    return {
        ROOT / "configs" / "schema.json": json.dumps(schema(), indent=1, allow_nan=False) + "\n",
        ROOT / "docs" / "config.md": page(),
    }


def main() -> None:
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
