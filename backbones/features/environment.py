"""An LMDB file, opened once a process and shared by its threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import lmdb

from backbones.disk.database import State, open_database, state, state_closed
from backbones.disk.sealed import bare_row, open_row, seal_row
from backbones.failure import store_failures

#: The size a file may grow to before it is mapped anew. Only what is written takes up disk.
_FIRST_MAP = 1 << 28

Opened = TypeVar("Opened")

_LOCK = threading.Lock()
_OPEN: dict[str, Environment] = {}

#: Of files that were closed: what they were like then, and the keys whose rows were found whole.
_CLOSED: dict[str, tuple[State, set[bytes]]] = {}

# A process that was forked must open its files anew.
os.register_at_fork(after_in_child=_OPEN.clear)


def open_environment(folder: Path) -> Environment:
    """Open the file in `folder`, made if it is not there; ``close`` it once for each time.

    LMDB allows one opening of a file in a process, so that all users in it share one. A damaged
    file is discarded, and said.
    """
    place = os.path.realpath(folder)
    with _LOCK, store_failures(folder):
        environment = _OPEN.get(place) or Environment(place)
        _OPEN[place] = environment
        environment.users += 1
        return environment


class Environment:
    """Rows by their keys; beside them the keys alone, as looking up a row reads all of it.

    Each row has a seal, which holds its key and the name of the folder. It is compared once.
    """

    def __init__(self, place: str) -> None:
        self.users = 0
        self._place = place
        self._owner = os.path.basename(place).encode()
        known, whole = _CLOSED.pop(place, (None, set()))
        # The map must not be resized while another thread of the process reads.
        self._transaction = threading.RLock()
        # metasync=False: six times the rate of writing; a loss of power may undo the last commit.
        settings = {"map_size": _FIRST_MAP, "metasync": False, "max_readers": 512, "max_dbs": 1}
        self._lmdb = open_database(Path(place), known, **settings)
        self._opened = state(Path(place))
        self._whole: set[bytes] = whole if known == self._opened else set()
        self.keys = self._retry_resized(lambda: self._lmdb.open_db(b"keys"))

    @contextmanager
    def reading(self) -> Iterator[lmdb.Transaction]:
        """A transaction that reads; what it gives must be copied within it."""
        with store_failures(Path(self._place)), self._transaction, self._begin() as transaction:
            yield transaction

    def row(self, reading: lmdb.Transaction, key: bytes, length: int) -> memoryview | None:
        """The row of `length` bytes of a key; None where there is none, or a damaged one."""
        sealed = reading.get(key)
        if sealed is None:
            return None
        if key in self._whole:
            return memoryview(bare_row(sealed))
        row = open_row(self._owner, key, sealed)
        if row is None or len(row) != length:
            return None
        self._whole.add(key)
        return memoryview(row)

    def write(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """Commit all pairs of key and row, or none."""
        pairs = [(key, seal_row(self._owner, key, row)) for key, row in rows]

        def put(change: lmdb.Transaction) -> None:
            change.cursor().putmulti(pairs)
            change.cursor(self.keys).putmulti((key, b"") for key, _ in pairs)

        self._commit(put)
        self._whole.update(key for key, _ in pairs)

    def discard_damaged(self, keys: Sequence[bytes], length: int) -> int:
        """Forget those rows of these keys that are damaged, still; return how many."""

        def delete(change: lmdb.Transaction) -> int:
            # Another process may have discarded them before, and have written them anew.
            damaged = [
                key
                for key in keys
                if change.get(key, db=self.keys) is not None
                and self.row(change, key, length) is None
            ]
            for key in damaged:
                change.delete(key)
                change.delete(key, db=self.keys)
            return len(damaged)

        return self._commit(delete)

    def _commit(self, action: Callable[[lmdb.Transaction], Opened]) -> Opened:
        """Do something in a transaction that writes; once more in a larger map where it is full."""
        with store_failures(Path(self._place)), self._transaction:
            while True:
                try:
                    with self._lmdb.begin(write=True) as change:
                        return action(change)
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
                closed = state_closed(Path(self._place), self._opened)
                if closed is not None:
                    _CLOSED[self._place] = closed, self._whole

    def _begin(self) -> lmdb.Transaction:
        return self._retry_resized(lambda: self._lmdb.begin(buffers=True))

    def _retry_resized(self, opening: Callable[[], Opened]) -> Opened:
        """Open; once more where another process has made the file grow."""
        try:
            return opening()
        except lmdb.MapResizedError:
            self._lmdb.set_mapsize(0)
            return opening()
