"""Numbers with as many digits as are known of them.

Files keep every digit; these are for people. Two digits of what is unsure of a number (its standard
error, the usual error of a prediction, the width of an interval) decide where it ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

#: Digits of a number of which nothing is known.
_DIGITS = 4

#: Digits that a float has.
_EXACT = 15

#: From how large, and below how small, a number is written with a power of ten.
_LARGE, _SMALL = 1e15, 1e-5

#: Decimals that the smallest of others has with every digit: more would be zeros.
_DECIMALS = 19

#: The last place (a power of ten) from which on it is written so, too, whatever its size: the
#: errors of large numbers are then written as these are.
_COARSE = 9

_ENDLESS = "∞"


def format_score(value: float, error: float) -> str:
    """A number, to the second digit of its error, in plain digits.

    Parameters
    ----------
    value : float
        In the target's unit.
    error : float
        How far off it may be, in the same unit: a standard error; of a prediction the RMSE. Where
        it is 0 or not finite, nothing is known, and four digits are given.

    >>> [format_score(0.83579, 0.02934), format_score(397_084.8, 11_950.0)]
    ['0.836', '397,000']
    >>> [format_score(12.13344, 0.2634), format_score(3.0, 0.0), format_score(-0.04, 1.2)]
    ['12.13', '3', '0.0']
    """
    if not math.isfinite(value):
        return _not_finite(value)
    if not _is_known(error):
        return format_number(value)
    return _write(value, _place(error, 2))


def format_measured(value: float, error: float) -> str:
    """A number and its standard error; alone where there is none.

    >>> [format_measured(0.83579, 0.02934), format_measured(397_084.8, 11_950.0)]
    ['0.836 ± 0.029', '397,000 ± 12,000']
    >>> [format_measured(0.5, 0.0996), format_measured(2.5, 0.0)]
    ['0.50 ± 0.10', '2.5']
    """
    if not _is_known(error):
        return format_score(value, error)
    return f"{format_score(value, error)} ± {format_score(error, error)}"


def format_interval(lower: float, upper: float, between: str = " to ") -> str:
    """The ends of an interval, to the second digit of its width; without an end, ∞.

    >>> [format_interval(5.4307, 6.3184), format_interval(1_071_431.0, 1_954_310.0)]
    ['5.43 to 6.32', '1,070,000 to 1,950,000']
    >>> format_interval(0.0, float("inf"))
    '0 to ∞'
    """
    width = upper - lower
    return f"{format_score(lower, width)}{between}{format_score(upper, width)}"


def format_number(value: float, digits: int = _DIGITS) -> str:
    """A number of which no error is known, to so many digits; zeros that say nothing are left out.

    >>> [format_number(one) for one in (0.88912, 52_384.2, 7.0, 0.0, float("nan"))]
    ['0.8891', '52,380', '7', '0', 'NaN']
    """
    if not math.isfinite(value):
        return _not_finite(value)
    text = _write(value, _place(value, digits)) if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def format_given(value: float) -> str:
    """A number as somebody gave it, with every digit of it.

    >>> [format_given(one) for one in (1_054_234.0, 0.1 + 0.2, 12.0)]
    ['1,054,234', '0.3', '12']
    """
    return format_number(value, _EXACT)


def align_points(column: Sequence[str]) -> list[str]:
    """Numbers with blanks behind them, so that their points lie below each other.

    >>> align_points(["3.68", "0.263", "12"])
    ['3.68 ', '0.263', '12    ']
    """
    behind = [len(text) - len(text.partition(".")[0]) for text in column]
    return [text + " " * (max(behind) - own) for text, own in zip(column, behind, strict=True)]


def _is_known(error: float) -> bool:
    return math.isfinite(error) and error > 0


def _place(size: float, digits: int) -> int:
    """The power of ten at which a number ends that has so many digits, once it is rounded."""
    return int(f"{size:.{digits - 1}e}".partition("e")[2]) - digits + 1


def _write(value: float, place: int) -> str:
    """A number that ends at a power of ten."""
    place = max(place, _place(value, _EXACT))
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN)
    if not rounded:
        rounded = abs(rounded)  # no minus before nothing
    elif not _SMALL <= abs(rounded) < _LARGE or place >= _COARSE:
        return f"{rounded:e}".replace("e+", "e")
    return f"{rounded:,.{min(max(-place, 0), _DECIMALS)}f}"


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}{_ENDLESS}"
