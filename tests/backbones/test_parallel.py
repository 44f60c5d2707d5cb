"""Tests of work in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from backbones.parallel import read_ahead


def test_the_next_item_is_made_while_one_is_in_use() -> None:
    made = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    reading = read_ahead(items())
    assert next(reading) == 1
    assert made.wait(10)
    assert list(reading) == [2]


def test_no_more_than_one_item_is_made_ahead() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    reading = read_ahead(items())
    next(reading)
    reading.close()
    assert made == [0, 1]


def test_an_error_comes_where_its_item_would() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    reading = read_ahead(items())
    assert next(reading) == 1
    with pytest.raises(OSError, match="gone"):
        next(reading)
