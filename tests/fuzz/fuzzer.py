"""Runs a reader on inputs that atheris makes of the seeds, until one ends in another error.

``python -m tests.fuzz.photos SEEDS -max_total_time=60`` fuzzes the photo reader; further options
are those of libFuzzer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import atheris


def fuzz(read: Callable[[bytes], object]) -> None:
    """Never returns; another error than an ``InputError`` ends the process with its traceback."""
    from backbones.errors import InputError

    def read_one(data: bytes) -> None:
        try:
            read(data)
        except InputError as error:
            if not str(error).strip():
                raise AssertionError("a mistake without a message") from error

    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()
