"""Numbers as tables write them."""

from __future__ import annotations

import math
import re
import unicodedata
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

#: Numbers with signs between thousands.
_GROUPED = re.compile(
    r"[+-]?[1-9]\d{0,2}(?P<sign>[.,'\u2019 ])\d{3}((?P=sign)\d{3})*"
    r"((?!(?P=sign))(?P<point>[.,])\d*)?",
    re.ASCII,
)

#: Of currency, of a share or an angle, or some letters, as kg and EUR.
_UNIT = re.compile(r"[^\w\s!-#&-@[-`{-~]|[$%]|[^\W\d_]{1,10}")

#: Dashes that look like a minus; that of print is the first.
_MINUS = frozenset("\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d")

#: Of advice, in the order in which it is given.
_KINDS = ("decimal", "thousands", "unit", "minus", "blank")


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
    """What to change in texts that are no numbers, where that is known; one advice of a kind.

    >>> hint(["10%", "many", "5 kg"], ".")
    "; numbers stand without a unit, as '%' in '10%'"
    """
    told: dict[str, str] = {}
    for text in texts[:1000]:  # enough, and soon done where all of a million are wrong
        told = {**_advice(text, decimal), **told}
    return "".join(f"; {told[kind]}" for kind in _KINDS if kind in told)


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


def _advice(text: str, decimal: str) -> dict[str, str]:
    """What makes a number of a text, by kind; nothing, if that is not known."""
    told, rest = {}, text
    for sign in _MINUS & set(rest):
        told["minus"] = f"write '-' instead of U+{ord(sign):04X}, another dash"
        rest = rest.replace(sign, "-")
    if odd := [letter for letter in rest if _is_odd(letter)]:
        told["blank"] = f"delete blanks other than the usual one, as U+{ord(odd[0]):04X}"
        rest = "".join(" " if _is_odd(letter) else letter for letter in rest)
    rest, unit = _without_unit(rest)
    if unit:
        told["unit"] = f"numbers stand without a unit, as {unit!r} in {text!r}"
    if _GROUPED.fullmatch(rest):
        told["thousands"] = "thousands have to stand without a sign"
    rest, mark = _without_thousands(rest, decimal)
    if mark != decimal:
        told["decimal"] = f"where {mark!r} is the decimal sign, set data.decimal: {mark!r}"
    return {} if math.isnan(_number(rest, mark)) else told


def _without_unit(text: str) -> tuple[str, str]:
    """A text from its first digit to its last, with its sign, and the unit around it, if any."""
    number = re.search(r"[+-]?[.,]?\d(.*[\d.,])?", text, re.ASCII | re.DOTALL)
    if number is None:
        return text, ""
    before, after = text[: number.start()].strip(), text[number.end() :].strip()
    sign = before[:1] if before[:1] in ("+", "-") else ""
    before = before.removeprefix(sign).strip()
    units = [unit for unit in (before, after) if unit]
    if len(units) != 1 or not _UNIT.fullmatch(units[0]):
        return text.strip(), ""
    return sign + number[0], units[0]


def _without_thousands(text: str, decimal: str) -> tuple[str, str]:
    """A number without signs of thousands, and its decimal sign, by the way it is written."""
    other = "," if decimal == "." else "."
    written = _GROUPED.fullmatch(text)
    if written is None or (text.count(written["sign"]) == 1 and _PLAIN[other].fullmatch(text)):
        return text, other if _PLAIN[other].fullmatch(text) and other in text else decimal
    return text.replace(written["sign"], ""), written["point"] or decimal


def _is_odd(letter: str) -> bool:
    """Whether a letter is a blank, or invisible, but is not written with the usual keys."""
    return letter not in " \t" and (letter.isspace() or unicodedata.category(letter) == "Cf")
