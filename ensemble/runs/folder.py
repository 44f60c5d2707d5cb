"""The run directory: what a fit leaves behind, written so that it can be checked and trusted."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backbones.disk.sealed import SEAL
from backbones.errors import InputError, first_ten
from backbones.files import atomic_write, hash_file
from backbones.key import key
from ensemble.runs.damage import named, read_json
from ensemble.runs.edited import keep_edited
from ensemble.runs.format import FORMAT
from ensemble.runs.manifest import MANIFEST, UNFINISHED, read_manifest
from ensemble.storage.ownership import RECORDS

_LOG = logging.getLogger("ensemble")

#: What ``atomic_write`` puts behind a name.
_PARTIAL = re.compile(r"\.\d+\.partial$")


@dataclass(frozen=True)
class RunFolder:
    """A run whose files are what the fit wrote."""

    folder: Path
    files: Mapping[str, str]  #: path with slashes, below the folder -> SHA-256 (hex)
    format: int = FORMAT  #: see ``ensemble.runs.format``

    def path(self, file: str) -> Path:
        """The place of a file, or folder, of the run."""
        return self.folder / file

    def holds(self, path: Path) -> bool:
        """Whether a path is that of a file of the run."""
        whole, folder = path.resolve(), self.folder.resolve()
        if not whole.is_relative_to(folder):
            return False
        return whole.relative_to(folder).as_posix() in (*self.files, MANIFEST, UNFINISHED, RECORDS)

    def refuse_own(self, path: Path, what: str) -> None:
        """Raise an ``InputError`` where a file of the run would be written over.

        `what` names the option that says where to write.
        """
        if self.holds(path):
            raise InputError(
                f"{what}: {path} is a file of the run, which would be damaged; name another place"
            )

    def digest(self, below: str) -> str:
        """SHA-256 (hex) of all files below a folder of the run."""
        return key({file: sha for file, sha in self.files.items() if file.startswith(f"{below}/")})

    def json(self, file: str) -> Any:
        """The content of a JSON file of the run."""
        return read_json(self.path(file))


class RunWriter:
    """Writes a run file by file; the manifest, last, says that it is complete.

    Where a run lies already, files that are no longer part of it are removed. `origin` is kept
    in the manifest; see ``reopen``. With `force` files that are not of a run are written over.
    """

    def __init__(self, folder: Path, origin: str, force: bool = False) -> None:
        self.folder = folder
        self._origin = origin
        self._files: dict[str, dict[str, Any]] = {}
        self._before = existing_files(folder, force)
        self._force = force
        self._goes_on = not (folder / MANIFEST).is_file()
        folder.mkdir(parents=True, exist_ok=True)
        # Until the manifest is written again, the run is incomplete.
        if (folder / MANIFEST).is_file():
            (folder / MANIFEST).replace(folder / UNFINISHED)
        else:
            with atomic_write(folder / UNFINISHED) as partial:
                partial.write_text('{"files": {}}')

    def bytes(self, file: str, content: bytes) -> None:
        """Writes one file, whole or not at all; `file` is a relative path with slashes.

        One of the run before that was edited since is kept beside, with a warning.
        """
        path = self.folder / file
        found = path.read_bytes() if path.is_file() else None
        if found != content:  # heads take 200 MB
            if found is not None and file in self._before:
                keep_edited(path, found, self._before[file]["sha256"], content)
            elif found is not None and self._goes_on and not self._force:
                keep_edited(path, found, "", content)  # a fit that was ended said of none so far
            with atomic_write(path) as partial:
                partial.write_bytes(content)
        self._files[file] = _entry(content)

    def text(self, file: str, content: str) -> None:
        self.bytes(file, content.encode())

    def json(self, file: str, content: Any) -> None:
        self.text(file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    def copy(self, file: str, source: Path) -> None:
        """A file, or every file below a folder."""
        if source.is_file():
            self.bytes(file, source.read_bytes())
            return
        for below in sorted(source.rglob("*")):
            if below.is_file() and below.name != SEAL:  # the manifest seals them here
                self.bytes(f"{file}/{below.relative_to(source).as_posix()}", below.read_bytes())

    def close(self) -> RunFolder:
        """Removes what is no longer part of the run, or was never finished; writes the manifest."""
        for file in sorted(self._before.keys() - self._files.keys()):
            # What was changed since the run was complete is somebody's work.
            if self._goes_on or not _difference(self.folder / file, self._before[file]):
                (self.folder / file).unlink(missing_ok=True)
        own = {*self._files, MANIFEST, UNFINISHED, RECORDS}
        for path in self.folder.rglob("*.partial"):  # of a process that was killed
            if _PARTIAL.sub("", path.relative_to(self.folder).as_posix()) in own:
                path.unlink(missing_ok=True)
        files = dict(sorted(self._files.items()))
        self.json(MANIFEST, {"format": FORMAT, "origin": self._origin, "files": files})
        (self.folder / UNFINISHED).unlink(missing_ok=True)
        return RunFolder(self.folder, _digests(files))


def existing_files(
    folder: Path, force: bool, from_command: bool = True
) -> dict[str, dict[str, Any]]:
    """The files of the run that lies in `folder`; none where the folder is free.

    What is refused is said in words of the command line, or of Python.

    Raises
    ------
    InputError
        It holds files of somebody else, unless by `force`, or a manifest that cannot be read.
    """
    for manifest in (folder / MANIFEST, folder / UNFINISHED):
        if manifest.is_file():
            return read_manifest(manifest)[1]
    # What a process leaves that is killed while it writes is nobody's.
    others = folder.is_dir() and any(not _PARTIAL.search(one.name) for one in folder.iterdir())
    if others and not force:
        option, way_on = ways_on(from_command)
        raise InputError(
            f"{option}{folder} holds files that are not of a run, and a run would write among "
            f"them; name a new or empty folder{way_on}"
        )
    return {}


def ways_on(from_command: bool) -> tuple[str, str]:
    """What a message of a folder begins with, and what may be done beside naming another."""
    return ("--run-dir: ", ", or say --force") if from_command else ("", "")


def open_run_folder(folder: Path) -> RunFolder:
    """A complete run, every file of which has the size and SHA-256 that its manifest says.

    Files that the manifest does not list, such as a submission, are left alone and never read.

    Raises
    ------
    InputError
        There is no complete run, or files are missing or changed: all of them.
    """
    manifest = folder / MANIFEST
    if not os.path.isfile(manifest):
        raise InputError(
            f"{folder} holds no complete run (no {MANIFEST}); python -m ensemble.fit CONFIG "
            f"--run-dir {folder} makes or completes one"
        )
    written_as, entries = read_manifest(manifest)
    changed = [
        f"{file}: {_difference(folder / file, entry)}"
        for file, entry in entries.items()
        if _difference(folder / file, entry)
    ]
    if changed:
        raise InputError(
            f"{folder} is not as the fit left it; run the fit again:", first_ten(changed)
        )
    return RunFolder(folder, _digests(entries), written_as)


def reopen(folder: Path, origin: str) -> RunFolder | None:
    """The run in `folder`, if it is complete, of this origin and as the fit left it.

    From then on it counts as the newest.
    """
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return None
    try:
        with named(manifest):
            if read_json(manifest).get("origin") != origin:
                return None
        run = open_run_folder(folder)
    except InputError:
        _LOG.warning("%s is not as the fit left it: it is written again", folder)
        return None
    manifest.touch()
    return run


def newest_run(runs: Path) -> Path:
    """The folder in `runs` whose manifest was written last.

    Raises
    ------
    InputError
        There is none.
    """
    manifests = sorted(runs.glob(f"*/{MANIFEST}"), key=lambda path: path.stat().st_mtime)
    if not manifests:
        raise InputError(
            f"there is no complete run in {runs.resolve()}: run python -m ensemble.fit first, or "
            "name the run's folder"
        )
    return manifests[-1].parent


def _digests(entries: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    return {file: entry["sha256"] for file, entry in entries.items()}


def _entry(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _difference(path: Path, entry: dict[str, Any]) -> str:
    if not os.path.isfile(path):  # which takes names that are too long, too
        return "is missing"
    if path.stat().st_size != entry["bytes"]:
        return f"has {path.stat().st_size} bytes, not {entry['bytes']}"
    return "" if hash_file(path) == entry["sha256"] else "has other content"
