"""Numbers as tables write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

#: Plain numbers, in ASCII digits: no separators of thousands, units, words such as ``nan``.
_PLAIN = {
    mark: re.compile(
        rf"[ \t]*[+-]?(\d+({re.escape(mark)}\d*)?|{re.escape(mark)}\d+)([eE][+-]?\d+)?[ \t]*",
        re.ASCII,
    )
    for mark in ".,"
}


def parse(texts: Sequence[str], decimal: str) -> npt.NDArray[np.float64]:
    """Each text as a number, float64 (n,); NaN where it is not plainly a finite one.

    >>> parse(["1,5", " -2e3", "1.5", "1_0", "inf", "1e999", "5 %"], ",").tolist()
    [1.5, -2000.0, nan, nan, nan, nan, nan]
    """
    return np.array([_number(text, decimal) for text in texts], dtype=np.float64)


def exact(text: str, decimal: str) -> Decimal | str:
    """A number, however long, the same for all ways to write it; a text that is none.

    >>> exact("01", ".") == exact("1.0", ".") == 1
    True
    """
    # an exponent may as well be part of a label, as in 12e3
    if "e" in text.lower() or not _PLAIN[decimal].fullmatch(text):
        return text
    return Decimal(text.strip().replace(decimal, "."))


def hint(texts: Sequence[str], decimal: str) -> str:
    """What may be the matter with texts that are no numbers: a decimal sign, or nothing known."""
    other = "," if decimal == "." else "."
    if not any(other in text and _PLAIN[other].fullmatch(text) for text in texts):
        return ""
    thousands = any(re.search(rf"\d{re.escape(other)}\d\d\d$", text) for text in texts)
    return (
        f"; where {other!r} is the decimal sign, set data.decimal: {other!r}"
        f"{'; thousands have to stand without a sign' if thousands else ''}"
    )


def may_be_thousands(texts: Sequence[str], decimal: str) -> list[bool]:
    """Which numbers hold a sign that may well be one of thousands: all that hold it, or none.

    Beside 950, no program writes 1.250 as a decimal: it keeps the zeros of both or of neither.

    >>> may_be_thousands(["950", "1.250", "2.375"], ".")
    [False, True, True]
    >>> may_be_thousands(["950", "1.25", "2.375"], "."), may_be_thousands(["1.250", "2.375"], ".")
    ([False, False, False], [False, False])
    """
    stripped = [text.strip() for text in texts]
    marked = [decimal in text for text in stripped]
    signed = [text for text in stripped if decimal in text]
    others = [text for text in stripped if decimal not in text]
    grouped = re.compile(rf"[+-]?[1-9]\d{{0,2}}({re.escape(decimal)}\d{{3}})+", re.ASCII)
    whole = re.compile(r"[+-]?\d+", re.ASCII)
    if (
        others
        and any(text.endswith("0") for text in signed)
        and all(map(grouped.fullmatch, signed))
        and all(map(whole.fullmatch, others))
    ):
        return marked
    return [False] * len(stripped)


def _number(text: str, decimal: str) -> float:
    if not _PLAIN[decimal].fullmatch(text):
        return math.nan
    number = float(text.replace(decimal, "."))
    vanished = number == 0 and re.search("[1-9]", re.split("[eE]", text)[0])
    return math.nan if vanished or math.isinf(number) else number
