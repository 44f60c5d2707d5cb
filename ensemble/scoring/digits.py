"""Numbers as people read them: with the digits that mean something."""

from __future__ import annotations

import math


def format_beside(value: float, standard_error: float) -> str:
    """A number with the digits that its standard error leaves it: two of those are shown.

    >>> format_beside(0.83612, 0.0291), format_beside(397084.8, 12345.6), format_beside(1.5, 0.0)
    ('0.836', '397,000', '1.50')
    """
    if not (math.isfinite(value) and math.isfinite(standard_error)) or standard_error <= 0:
        return format_amount(value)
    return _rounded(value, 1 - _exponent(standard_error))


def format_amount(value: float) -> str:
    """A number with three significant digits, whole numbers in full.

    >>> format_amount(12.0), format_amount(3.14159), format_amount(397084.8), format_amount(0.00012)
    ('12', '3.14', '397,000', '0.000120')
    """
    if not math.isfinite(value):
        return "endless" if value != value or value > 0 else "-endless"
    if value == round(value) and abs(value) < 1e6:
        return f"{value:,.0f}"
    return _rounded(value, 2 - _exponent(value))


def _exponent(value: float) -> int:
    """Of the leading digit, after rounding to two: of 0.0996 it is -1."""
    return int(f"{abs(value):.1e}".partition("e")[2])


def _rounded(value: float, places: int) -> str:
    """In plain digits with that many decimal places; negative ones round before the point."""
    return f"{round(value, places) + 0.0:,.{max(0, places)}f}"
