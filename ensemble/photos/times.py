"""When photos were taken, as a column of their table says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ensemble.photos import numbers
from ensemble.photos.table import refuse_lines

Moments = npt.NDArray[np.float64] | npt.NDArray[np.datetime64]

#: Forms that are met often, and what ``folds.format`` is for them.
_FORMS = {
    r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d": ("%Y:%m:%d %H:%M:%S",),
    r"\d{4}:\d\d:\d\d": ("%Y:%m:%d",),
    r"\d{4}/\d{1,2}/\d{1,2}": ("%Y/%m/%d",),
    r"\d{1,2}\.\d{1,2}\.\d{4}": ("%d.%m.%Y", "%m.%d.%Y"),
    r"\d{1,2}/\d{1,2}/\d{4}": ("%d/%m/%Y", "%m/%d/%Y"),
    r"\d{1,2}-\d{1,2}-\d{4}": ("%d-%m-%Y", "%m-%d-%Y"),
    r"\d{1,2}/\d{1,2}/\d{2}": ("%d/%m/%y", "%m/%d/%y"),
    r"\d{1,2}\.\d{1,2}\.\d{2}": ("%d.%m.%y", "%m.%d.%y"),
}

#: Dates in eight digits; those of the first form, as numbers, are in their order.
_DIGITS = ("%Y%m%d", "%d%m%Y", "%m%d%Y")


@dataclass(frozen=True)
class Times:
    """Numbers, or dates and times of day, that say which photo is later.

    >>> when = Times(np.array(["2025-03-31", "2025-04-01"], dtype="datetime64[us]"))
    >>> when.texts()
    ['2025-03-31', '2025-04-01']
    >>> Times(np.array([2024.0, 2025.5])).texts()
    ['2024', '2025.5']
    """

    moment: Moments  #: (n,), a later one is larger
    is_utc: bool = False  #: whether the table says time zones

    def take(self, rows: npt.NDArray[np.intp]) -> Times:
        """Return those at these positions."""
        return Times(self.moment[rows], self.is_utc)

    def texts(self) -> list[str]:
        """Return each as people write it: without a time of day where none has one."""
        if self.moment.dtype.kind == "f":
            return [f"{number:.15g}" for number in self.moment.tolist()]
        for unit in ("m", "s") if self.is_utc else ("D", "m", "s"):
            coarse = self.moment.astype(f"datetime64[{unit}]")
            if (coarse == self.moment).all():
                break
        else:
            coarse = self.moment
        zone = "Z" if self.is_utc else ""
        return [f"{text}{zone}" for text in np.datetime_as_string(coarse).tolist()]


def read_times(
    rows: pd.DataFrame, column: str, path: Path, form: str | None = None, decimal: str = "."
) -> Times:
    """Read a column of dates, or of numbers.

    Parameters
    ----------
    form : str, optional
        How dates are written, in the codes of ``strftime``; without it they are those of ISO 8601.

    Raises
    ------
    InputError
        Lines that are empty, or hold no date, or are alone in having a time zone, or none.
    """
    texts = rows[column]
    given = texts.map(str.strip)
    title = f"{path}: {column} is empty; write the time of each photo, or leave out its row"
    refuse_lines((given == "").to_numpy(), texts, title, quoted=True)
    if form is None:
        amounts = numbers.parse(given.tolist(), decimal)
        unlike = ~np.isfinite(amounts)
        if not unlike.any():
            _refuse_digits(texts, given.tolist(), path, column)
            return Times(amounts)
    found = [_read_iso(one) if form is None else _read_form(one, form) for one in given]
    wrong = np.array([moment is None for moment in found], dtype=bool)
    if form is None and unlike.sum() < wrong.sum():
        way_on = numbers.hint(given[unlike].tolist(), decimal)
        title = f"{path}: {column} must be a number in every line, as in most{way_on}"
        refuse_lines(unlike, texts, title, quoted=True)
    refuse_lines(wrong, texts, _wanted(path, column, form, given[wrong].tolist()), quoted=True)
    return _in_utc(texts, [one for one in found if one is not None], f"{path}: {column}")


def _in_utc(texts: pd.Series, found: Sequence[datetime], where: str) -> Times:
    zoned = np.array([moment.tzinfo is not None for moment in found], dtype=bool)
    if not zoned.any():
        return Times(np.array(found, dtype="datetime64[us]"))
    rarer, those = (zoned, "with") if 2 * zoned.sum() < len(zoned) else (~zoned, "without")
    title = (
        f"{where} says the time zone in some lines and not in others, so that their order is not "
        f"known; write it in all, or in none; those {those}"
    )
    refuse_lines(rarer, texts, title, quoted=True)
    utc = [moment.astimezone(UTC).replace(tzinfo=None) for moment in found]
    return Times(np.array(utc, dtype="datetime64[us]"), is_utc=True)


def _read_iso(text: str) -> datetime | None:
    """A date of ISO 8601, as ``datetime`` reads it, or a year and its month."""
    whole = f"{text}-01" if re.fullmatch(r"\d{4}-\d\d", text, re.ASCII) else text
    try:
        return _checked(datetime.fromisoformat(whole))
    except (ValueError, OverflowError):
        return None


def _read_form(text: str, form: str) -> datetime | None:
    try:
        return _checked(datetime.strptime(text, form))
    except (ValueError, OverflowError):
        return None


def _checked(moment: datetime) -> datetime:
    """The moment, if it exists in UTC: near the ends of the calendar some do not."""
    if moment.tzinfo is not None:
        moment.astimezone(UTC)
    return moment


def _wanted(path: Path, column: str, form: str | None, texts: Sequence[str]) -> str:
    """What a column has to hold, and what to do where it holds something else."""
    if form is not None:
        example = datetime(2025, 3, 31, 16, 5, tzinfo=UTC).strftime(form)
        return f"{path}: {column} must be written as folds.format says, {form!r}, as {example!r}"
    must = (
        f"{path}: {column} must be a date, as 2025-03-31, with or without a time of day, as "
        "2025-03-31T16:05, or a number"
    )
    for pattern, forms in _FORMS.items():
        text = next((one for one in texts if re.fullmatch(pattern, one, re.ASCII)), None)
        if text is not None:
            return f"{must}; for dates as {text!r} set folds.format: {_either(forms)}"
    return f'{must}; for dates of another form set folds.format, as "%d.%m.%Y"'


def _either(forms: Sequence[str]) -> str:
    known = " or ".join(f'"{one}"' for one in forms)
    return f"{known} (day or month may come first)" if len(forms) > 1 else known


def _refuse_digits(texts: pd.Series, given: Sequence[str], path: Path, column: str) -> None:
    """Refuse dates in eight digits whose order as numbers is not that of their times."""
    if not all(re.fullmatch(r"\d{8}", one, re.ASCII) for one in given):
        return
    forms = [form for form in _DIGITS if all(_is_likely(one, form) for one in given)]
    if forms and "%Y%m%d" not in forms:
        title = f"{path}: {column} may be dates in digits; set folds.format: {_either(forms)}"
        refuse_lines(np.ones(len(texts), dtype=bool), texts, title, quoted=True)


def _is_likely(text: str, form: str) -> bool:
    moment = _read_form(text, form)
    return moment is not None and 1900 <= moment.year < 2100
