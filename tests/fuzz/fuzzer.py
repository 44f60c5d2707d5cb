"""Runs a reader on inputs that atheris makes of the seeds, until one ends in another error.

``python -m tests.fuzz.photos SEEDS -max_total_time=60`` fuzzes the photo reader; further options
are those of libFuzzer.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from random import Random

import atheris

_WORD = re.compile(rb"\w+|\s+|.", re.DOTALL)

#: What stands where another type, or a number of another size, is meant.
_VALUES = [b"null", b"[]", b"{}", b'""', b"-1", b"0", b"1e999", b"NaN", b"true", b"9" * 30]


def fuzz(read: Callable[[bytes], object]) -> None:
    """Never returns; another error than an ``InputError`` ends the process with its traceback."""
    from backbones.errors import InputError

    def read_one(data: bytes) -> None:
        try:
            read(data)
        except InputError as error:
            if not str(error).strip():
                raise AssertionError("a mistake without a message") from error

    atheris.Setup(sys.argv, read_one, custom_mutator=mutate)
    atheris.Fuzz()


def mutate(data: bytes, at_most: int, seed: int) -> bytes:
    """Another input: libFuzzer changes bytes, and every second time a word or mark goes or comes.

    Most changes of bytes break JSON, YAML or a checksum, and get no further.
    """
    random = Random(seed)
    words = _WORD.findall(data)
    if len(words) < 2 or random.random() < 0.5:
        return bytes(atheris.Mutate(data, at_most))
    place, other = random.randrange(len(words)), random.choice(words)
    words[place] = random.choice([b"", other, words[place] * 2, random.choice(_VALUES)])
    return b"".join(words)[:at_most]
