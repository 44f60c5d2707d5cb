"""A folder of files that a command writes where the user says: only its own are written over.

A record in the folder, a line a file, says what was written there. It goes where the folder goes,
and grows as files are written: of a command that is killed, it names all that lies there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from backbones.errors import InputError, first_ten
from backbones.files import atomic_write, hash_file
from backbones.places import check_folder
from backbones.plural import count

_LOG = logging.getLogger("ensemble")

#: The record, in the folder.
RECORD = "outputs.jsonl"


class Written(BaseModel):
    """A file that was written, or is about to be."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    file: str  #: below the folder, with slashes
    sha256: str


class OutputFolder:
    """Files below a folder; with `force`, those of the user are written over."""

    def __init__(self, folder: Path, force: bool = False) -> None:
        self.folder = folder
        self._force = force
        self._new: dict[str, str] = {}

    def check(self, files: Iterable[str], what: str) -> None:
        """Look, before anything is computed, whether all of them may be written.

        Raises
        ------
        InputError
            The folder cannot be written, or files of the user lie there; `what` names it.
        """
        check_folder(self.folder, what)
        known = self._known()
        foreign = [file for file in files if not self._may_write(file, known)]
        if not foreign:
            return
        raise InputError(
            f"{what}: {self.folder} has files that would be written over, and nothing says that an "
            "earlier command left them as they are; name another folder, or say --force:",
            first_ten(foreign),
        )

    def write(self, file: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        path = self.folder / file
        with atomic_write(path) as partial:
            partial.write_bytes(content)
            self._new[file] = hash_file(partial)
            line = Written(file=file, sha256=self._new[file]).model_dump_json()
            with (self.folder / RECORD).open("a", encoding="utf-8") as record:
                record.write(f"{line}\n")

    def close(self) -> None:
        """Remove what an earlier command has written and this one has not; tidy the record."""
        gone = [
            file
            for file, digests in self._known().items()
            if file not in self._new and self._is_as_written(file, digests)
        ]
        for file in gone:
            (self.folder / file).unlink()
            for above in (self.folder / file).relative_to(self.folder).parents[:-1]:
                with suppress(OSError):  # it holds something else
                    (self.folder / above).rmdir()
        if gone:
            _LOG.info(
                "%s: %s of an earlier command, of other photos, removed",
                self.folder,
                count(len(gone), "file"),
            )
        with atomic_write(self.folder / RECORD) as partial:
            lines = (Written(file=one, sha256=self._new[one]) for one in sorted(self._new))
            partial.write_text("".join(f"{one.model_dump_json()}\n" for one in lines), "utf-8")

    def _may_write(self, file: str, known: dict[str, list[str]]) -> bool:
        path = self.folder / file
        if self._force and not path.is_dir():
            return True
        return not path.exists() or self._is_as_written(file, known.get(file, []))

    def _is_as_written(self, file: str, digests: list[str]) -> bool:
        path = self.folder / file
        return path.is_file() and hash_file(path) in digests

    def _known(self) -> dict[str, list[str]]:
        """The digests of what was written, by file; a line that was cut short says nothing."""
        found = defaultdict(list)
        for one in _read(self.folder / RECORD):
            found[one.file].append(one.sha256)
        return found


def is_output_folder(folder: Path) -> bool:
    """Whether a command has written into a folder."""
    try:
        with (folder / RECORD).open(encoding="utf-8") as record:
            Written.model_validate_json(record.readline())
    except (OSError, ValueError):  # none, or the user's
        return False
    return True


def _read(record: Path) -> Iterator[Written]:
    try:
        lines = record.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):  # none, or the user's
        return
    for line in lines:
        with suppress(ValidationError):
            yield Written.model_validate_json(line)
