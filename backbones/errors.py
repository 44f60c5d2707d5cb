"""The exception for mistakes in the input that the user can correct."""

from __future__ import annotations

from collections.abc import Sequence


class InputError(ValueError):
    """Raised for a mistake in a config, a table, a photo or a file of weights.

    The message names the faulty item, the expected value, the received value and the remedy.
    The commands print it without a traceback.

    >>> print(InputError("2 photos are missing:", ["a.jpg", "b.jpg"]))
    2 photos are missing:
      - a.jpg
      - b.jpg
    """

    def __init__(self, title: str, mistakes: Sequence[str] = ()) -> None:
        super().__init__("\n".join([title, *(f"  - {mistake}" for mistake in mistakes)]))
        self.mistakes = list(mistakes) or [title]


class UnreachableError(InputError):
    """Raised where photos behind a URL cannot be had now: it says nothing of any photo.

    Where photos that cannot be used are left out, it ends the work all the same.
    """


def first_ten(mistakes: Sequence[str]) -> list[str]:
    """Shorten a list of messages to its first ten, followed by the number of the others.

    >>> first_ten([str(n) for n in range(12)])[-2:]
    ['9', 'and 2 more']
    """
    more = len(mistakes) - 10
    return [*mistakes[:10], f"and {more} more"] if more > 0 else list(mistakes)
