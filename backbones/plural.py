"""Words behind a number, in the singular where it is one."""

from __future__ import annotations

_MANY = {"is": "are", "has": "have", "was": "were", "gets": "get"}


def count(number: int, what: str, verb: str = "") -> str:
    """As ``1 photo`` or ``4,586 photos``; with a verb, ``1 photo is`` or ``2 photos are``.

    >>> count(1, "photo"), count(4586, "photo"), count(2, "box")
    ('1 photo', '4,586 photos', '2 boxes')
    >>> count(1, "photo", "is"), count(0, "photo", "has")
    ('1 photo is', '0 photos have')
    """
    return _with(verb, number, f"{number:,} {what if number == 1 else many(what)}")


def part(number: int, total: int, what: str, verb: str = "") -> str:
    """As ``3 of 4,586 photos``; with a verb, ``1 of 4 photos is`` or ``3 of 4 photos are``.

    >>> part(1, 1, "photo"), part(1, 4, "photo", "is"), part(3, 4586, "photo", "is")
    ('1 of 1 photo', '1 of 4 photos is', '3 of 4,586 photos are')
    """
    return _with(verb, number, f"{number:,} of {count(total, what)}")


def many(what: str) -> str:
    """The plural of a word: as ``photos`` or ``boxes``."""
    return what + ("es" if what.endswith(("x", "s")) else "s")


def _with(verb: str, number: int, text: str) -> str:
    return f"{text} {verb if number == 1 else _MANY[verb]}" if verb else text
