"""Files that commands write where the user says: only their own are written over.

That a file is the program's is known by a record in the cache, of its place and the digest of what
was last written there. A file that was changed since is the user's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from backbones.errors import InputError
from backbones.files import atomic_write, hash_file
from backbones.key import key
from backbones.label import read_label, write_label
from backbones.places import check_file

#: The folder of the records, in the cache folder.
FOLDER = "outputs"


class OutputLabel(BaseModel):
    """What was written at a place."""

    model_config = ConfigDict(frozen=True)

    path: str
    #: SHA-256 (hex), the newest first; the one before it may still lie there after a kill
    digests: tuple[str, ...]


@dataclass(frozen=True)
class Outputs:
    """What may be written over, and what was written."""

    cache: Path  #: the folder that keeps the records
    force: bool = False  #: whether files of the user may be written over

    def check(self, path: Path, what: str) -> None:
        """Look, before anything is computed, whether a file may be written.

        Raises
        ------
        InputError
            It cannot be written, or a file of the user lies there; `what` names it.
        """
        check_file(path, what)
        self._refuse_foreign(path, what)

    @contextmanager
    def write(self, path: Path, what: str) -> Iterator[Path]:
        """Yield a temporary path, and move it to `path` when the block ends.

        Through a link its target is written.

        Raises
        ------
        InputError
            A file of the user has come to lie there meanwhile.
        """
        with atomic_write(_target(path)) as partial:
            yield partial
            self._refuse_foreign(path, what)
            self._remember(path, hash_file(partial))

    def remove(self, path: Path) -> None:
        """Remove a file that an earlier command has written; one of the user stays."""
        if path.is_file() and self.wrote(path):
            path.unlink()

    def wrote(self, path: Path) -> bool:
        """Whether the file is as a command has written it there."""
        label = read_label(self._record(path), OutputLabel)
        try:
            return label is not None and hash_file(path) in label.digests
        except OSError:  # what cannot be read is not known
            return False

    def _refuse_foreign(self, path: Path, what: str) -> None:
        if self.force or not path.is_file() or self.wrote(path):
            return
        raise InputError(
            f"{what}: {path} is there, and nothing in the cache says that an earlier command left "
            "it as it is; name another place, or say --force to write over it"
        )

    def _remember(self, path: Path, digest: str) -> None:
        record = self._record(path)
        before = read_label(record, OutputLabel)
        earlier = [one for one in (before.digests if before else ()) if one != digest][:1]
        write_label(record, OutputLabel(path=str(_target(path)), digests=(digest, *earlier)))

    def _record(self, path: Path) -> Path:
        return self.cache / FOLDER / f"{key(str(_target(path)))[:32]}.json"


def _target(path: Path) -> Path:
    """The file itself, whatever links lead to it."""
    return Path(os.path.realpath(path))
