"""Files that commands write where the user says: only their own are written over.

That a file is the program's is known by a record of the digests of what was last written at a
place. In a run's folder the record lies in that folder, and goes where it goes; elsewhere in the
cache, where a file that was renamed is found by its digest. A file that was changed since is the
user's.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from backbones.errors import InputError
from backbones.files import atomic_write, hash_file
from backbones.key import key
from backbones.label import read_label
from backbones.places import check_file
from ensemble.storage.ownership import RECORDS, is_run

_LOG = logging.getLogger("ensemble")

#: The folder of the records, in the cache folder.
FOLDER = "outputs"


class OutputLabel(BaseModel):
    """What was written at a place."""

    model_config = ConfigDict(frozen=True)

    path: str
    #: SHA-256 (hex), the newest first; the one before it may still lie there after a kill
    digests: tuple[str, ...]

    def followed_by(self, digest: str) -> OutputLabel:
        """The label once this was written there."""
        earlier = [one for one in self.digests if one != digest][:1]
        return OutputLabel(path=self.path, digests=(digest, *earlier))


class RunOutputs(BaseModel):
    """What was written below the folder of a run, beside the files of the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")  # a user may have a file of that name

    outputs: dict[str, OutputLabel]  #: by the path, with slashes, below the folder


@dataclass(frozen=True)
class Outputs:
    """What may be written over, and what was written."""

    cache: Path  #: the folder that keeps the records of files outside of runs
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
            self.remember(path, hash_file(partial))

    def remove(self, path: Path) -> None:
        """Remove a file that an earlier command has written; one of the user stays."""
        if path.is_file() and self.wrote(path):
            path.unlink()

    def wrote(self, path: Path) -> bool:
        """Whether the file is as a command has written it."""
        try:
            digest = hash_file(path)
        except OSError:  # what cannot be read is not known
            return False
        return any(digest in label.digests for label in self._labels(path))

    def knows(self, path: Path) -> bool:
        """Whether anything was written at a place, whatever lies there now."""
        return next(self._at(_target(path)), None) is not None

    def remember(self, path: Path, digest: str) -> None:
        """Record what is about to be written; a record that cannot be written is told of."""
        target = _target(path)
        run = _run_of(target)
        try:
            if run is None:
                record = self._record(target)
                before = read_label(record, OutputLabel)
                _write(record, _followed(before, str(target), digest))
            else:
                name, known = _name(target, run), _read_run(run).outputs
                label = _followed(known.get(name), name, digest)
                _write(run / RECORDS, RunOutputs(outputs={**known, name: label}))
        except OSError as error:
            _LOG.warning(
                "%s is written, but no record of it (%s): a later command will take it for yours, "
                "and ask for --force",
                path,
                error,
            )

    def _refuse_foreign(self, path: Path, what: str) -> None:
        if self.force or not path.is_file() or self.wrote(path):
            return
        raise InputError(
            f"{what}: {path} is there, and nothing in the cache says that an earlier command left "
            "it as it is; name another place, or say --force to write over it"
        )

    def _labels(self, path: Path) -> Iterator[OutputLabel]:
        """What may be known of a file: of its place and, outside of runs, of any other."""
        target = _target(path)
        yield from self._at(target)
        if _run_of(target) is None:
            for record in sorted((self.cache / FOLDER).glob("*.json")):
                yield from filter(None, [read_label(record, OutputLabel)])

    def _at(self, target: Path) -> Iterator[OutputLabel]:
        run = _run_of(target)
        inside = None if run is None else _read_run(run).outputs.get(_name(target, run))
        yield from filter(None, [inside, read_label(self._record(target), OutputLabel)])

    def _record(self, target: Path) -> Path:
        return self.cache / FOLDER / f"{key(str(target))[:32]}.json"


def _followed(label: OutputLabel | None, path: str, digest: str) -> OutputLabel:
    return (label or OutputLabel(path=path, digests=())).followed_by(digest)


def _write(record: Path, content: BaseModel) -> None:
    with atomic_write(record) as partial:
        partial.write_text(content.model_dump_json(indent=1), encoding="utf-8")


def _read_run(run: Path) -> RunOutputs:
    """What was written in a run's folder."""
    return read_label(run / RECORDS, RunOutputs) or RunOutputs(outputs={})


def _run_of(target: Path) -> Path | None:
    """The run in whose folder a file lies, however deep; none where a record cannot lie there."""
    run = next((folder for folder in target.parents if is_run(folder)), None)
    if run is None or not os.path.lexists(run / RECORDS):
        return run
    return None if read_label(run / RECORDS, RunOutputs) is None else run


def _name(target: Path, run: Path) -> str:
    return target.relative_to(run).as_posix()


def _target(path: Path) -> Path:
    """The file itself, whatever links lead to it."""
    return Path(os.path.realpath(path))
