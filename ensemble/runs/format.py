"""The number of the form in which a run is written.

- 1: versions up to 0.1.0. ``backbones.json`` has neither shapes nor Keras's version, and there is
  no probe; stacks name their forms as ``ensemble.forms``.
- 2: ``backbones.json`` has all that a network is opened by; ``probe.npz`` and ``probe.png`` tell
  whether other versions still make the same numbers.

When a file of a run changes in what it holds or means:

1. raise ``FORMAT`` and say above what is new;
2. keep the reader of the form before: ``RunFolder.format`` tells ``ensemble.runs.opening`` which to
   take; a class that moves gets a line in ``ensemble.heads.moved``;
3. keep a small run of the form before in ``tests/data/run_format_N``, with its predictions, and a
   test that opens it.

A file that is new, and that older runs do without, needs none of this.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backbones.errors import InputError

FORMAT = 2


def read_format(content: dict[str, Any], manifest: Path) -> int:
    """The format that a manifest states; 1 where it states none.

    Raises
    ------
    InputError
        A newer version has written the run.
    """
    found = content.get("format", 1)
    if isinstance(found, int) and 1 <= found <= FORMAT:
        return found
    raise InputError(
        f"{manifest} is of format {found!r}, and this version reads 1 to {FORMAT}: a newer version "
        "has written the run; python -m pip install --upgrade backbone-ensemble"
    )
