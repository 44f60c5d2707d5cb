"""The one exception for what a person gave and can mend."""

from __future__ import annotations

from collections.abc import Sequence


class InputError(ValueError):
    """A mistake in a config, a table, a photo or a file of weights.

    Its message is complete: it names the thing, what was expected, what came and what to do.
    The entry points print it without a traceback.

    >>> print(InputError("2 photos are missing:", ["a.jpg", "b.jpg"]))
    2 photos are missing:
      - a.jpg
      - b.jpg
    """

    def __init__(self, title: str, mistakes: Sequence[str] = ()) -> None:
        super().__init__("\n".join([title, *(f"  - {mistake}" for mistake in mistakes)]))
        self.mistakes = list(mistakes) or [title]


def first_ten(mistakes: Sequence[str]) -> list[str]:
    """A list short enough to read: the first ten, then how many more.

    >>> first_ten([str(n) for n in range(12)])[-2:]
    ['9', 'and 2 more']
    """
    more = len(mistakes) - 10
    return [*mistakes[:10], f"and {more} more"] if more > 0 else list(mistakes)
