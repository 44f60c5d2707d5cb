"""How fast a stage of work is, and how long it will take."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from backbones.plural import count, many
from ensemble.digits import format_number


class Pace:
    """Counts the items that are done; the clock runs from when it is made.

    Parameters
    ----------
    total : int
    unit : str
        What one item is called.
    clock : callable
        Gives seconds.

    >>> seconds = iter((0.0, 10.0, 10.0, 10.0))
    >>> pace = Pace(300, "photo", lambda: next(seconds))
    >>> pace.advance(120)
    >>> pace.describe()
    '120 of 300, 12 photos/s, 15 s left'
    """

    def __init__(self, total: int, unit: str, clock: Callable[[], float] = monotonic) -> None:
        self.total = total
        self.unit = unit
        self.done = 0
        self._clock = clock
        self._began = clock()
        self._first: tuple[float, int] | None = None

    def advance(self, done: int) -> None:
        """Count items that are done since the last call."""
        self.done += done
        if self._first is None and done:
            self._first = self._clock(), done

    @property
    def elapsed(self) -> float:
        """Seconds since the stage began."""
        return self._clock() - self._began

    @property
    def rate(self) -> float | None:
        """Items a second; None before there are any.

        What comes before the first items (networks are built) counts until they have taken as long:
        later, nothing like it is to come.
        """
        if self._first is None:
            return None
        now, (then, first) = self._clock(), self._first
        if now - then > then - self._began and self.done > first:
            return (self.done - first) / (now - then)
        return self.done / max(now - self._began, 1e-3)

    @property
    def left(self) -> float | None:
        """Seconds until all is done; None before that can be told."""
        rate = self.rate
        return None if rate is None else max(self.total - self.done, 0) / rate

    def describe(self) -> str:
        """How far it is, how fast, and how long it will take, as far as that is known."""
        rate, left = self.rate, self.left
        parts = [f"{self.done} of {self.total}"]
        parts += [] if rate is None else [format_rate(rate, self.unit)]
        parts += [] if left is None else [f"{format_duration(left)} left"]
        return ", ".join(parts)

    def describe_end(self) -> str:
        """What it came to."""
        elapsed = self.elapsed
        said = f"{count(self.done, self.unit)} in {format_duration(elapsed)}"
        return said if elapsed < 1 else f"{said}, {format_rate(self.done / elapsed, self.unit)}"


def format_rate(rate: float, unit: str) -> str:
    """Items a second, or seconds an item where these are more.

    >>> [format_rate(35.27, "photo"), format_rate(0.031, "fit"), format_rate(1.0, "fit")]
    ['35 photos/s', '32 s a fit', '1 fit/s']
    """
    if 0 < rate < 1:
        return f"{format_number(1 / rate, 2)} s a {unit}"
    number = format_number(rate, 2)
    return f"{number} {unit if number == '1' else many(unit)}/s"


def format_duration(seconds: float) -> str:
    """Seconds as people read them.

    >>> [format_duration(one) for one in (0.31, 17.4, 59.7, 200, 7260)]
    ['0.3 s', '17 s', '1:00 min', '3:20 min', '2 h 01 min']
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds else "0 s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
