"""Mistakes of an export, gathered by their kind so that all of one can be told at once."""

from __future__ import annotations

from backbones.errors import InputError, first_ten


class Mistakes:
    """What is wrong with the entries of `source`.

    >>> mistakes = Mistakes("a.json")
    >>> mistakes.add("boxes without a photo", "annotation 3")
    >>> mistakes.refuse()
    Traceback (most recent call last):
    backbones.errors.InputError: a.json: boxes without a photo:
      - annotation 3
    """

    def __init__(self, source: object) -> None:
        self._source = source
        self._kinds: dict[str, list[str]] = {}

    def add(self, kind: str, entry: str) -> None:
        """Note one more entry of a kind."""
        self._kinds.setdefault(kind, []).append(entry)

    def refuse(self) -> None:
        """Raise an ``InputError`` with all of the first kind, if there are any."""
        for kind, entries in self._kinds.items():
            raise InputError(f"{self._source}: {kind}:", first_ten(entries))
