"""An LMDB file, opened once a process and shared by its threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import lmdb

from backbones.failure import store_failures

#: The size a file may grow to before it is mapped anew. Only what is written takes up disk.
_FIRST_MAP = 1 << 28

Opened = TypeVar("Opened")

_LOCK = threading.Lock()
_OPEN: dict[str, Environment] = {}

# A process that was forked must open its files anew.
os.register_at_fork(after_in_child=_OPEN.clear)


def open_environment(folder: Path) -> Environment:
    """Open the file in `folder`, made if it is not there; ``close`` it once for each time.

    LMDB allows one opening of a file in a process, so that all users in it share one.
    """
    place = os.path.realpath(folder)
    with _LOCK, store_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        environment = _OPEN.get(place) or Environment(place)
        _OPEN[place] = environment
        environment.users += 1
        return environment


class Environment:
    """Rows by their keys; beside them the keys alone, as looking up a row reads all of it."""

    def __init__(self, place: str) -> None:
        self.users = 0
        self._place = place
        # The map must not be resized while another thread of the process reads.
        self._transaction = threading.RLock()
        # metasync=False: six times the rate of writing; a loss of power may undo the last commit.
        self._lmdb = lmdb.open(
            place, map_size=_FIRST_MAP, metasync=False, max_readers=512, max_dbs=1
        )
        self.keys = self._retry_resized(lambda: self._lmdb.open_db(b"keys"))

    @contextmanager
    def reading(self) -> Iterator[lmdb.Transaction]:
        """A transaction that reads; what it gives must be copied within it."""
        with store_failures(Path(self._place)), self._transaction, self._begin() as transaction:
            yield transaction

    def write(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        """Commit all pairs of key and row, or none."""
        with store_failures(Path(self._place)), self._transaction:
            while True:
                try:
                    with self._lmdb.begin(write=True) as transaction:
                        transaction.cursor().putmulti(pairs)
                        transaction.cursor(self.keys).putmulti((key, b"") for key, _ in pairs)
                    return
                except lmdb.MapFullError:
                    self._lmdb.set_mapsize(2 * self._lmdb.info()["map_size"])
                except lmdb.MapResizedError:
                    self._lmdb.set_mapsize(0)

    def close(self) -> None:
        """Give up one use; the last one closes the file."""
        with _LOCK:
            self.users -= 1
            if not self.users:
                del _OPEN[self._place]
                self._lmdb.close()

    def _begin(self) -> lmdb.Transaction:
        return self._retry_resized(lambda: self._lmdb.begin(buffers=True))

    def _retry_resized(self, opening: Callable[[], Opened]) -> Opened:
        """Open; once more where another process has made the file grow."""
        try:
            return opening()
        except lmdb.MapResizedError:
            self._lmdb.set_mapsize(0)
            return opening()
