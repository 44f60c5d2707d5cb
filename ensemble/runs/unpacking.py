"""A pack checked before anything of it is read, and written out as files."""

from __future__ import annotations

import errno
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from backbones.errors import InputError, first_ten
from backbones.files import hash_file
from ensemble.runs.manifest import is_outside

#: The file of a pack that lists all others, and the number of the form in which it is written.
CONTENTS, FORMAT = "pack.json", 1

#: What else a pack may hold. Its folder is a cache as well, in which other names would be taken for
#: what was computed here.
_LAYOUT = re.compile(
    r"run/.+|weights/[^/]+|networks/[0-9a-f]{32}\.(xml|bin)|sample_submission\.csv"
)

#: What the disk below the cache refuses, whatever the pack holds.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)

#: Of that file, in bytes: a pack has some hundred files.
_AT_MOST = 1 << 24


def unpack(file: Path, folder: Path) -> None:
    """Write the files of a pack into a folder.

    Raises
    ------
    InputError
        The file is no pack, a newer version's, or not as it was packed.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            content = read_contents(archive, file)
            if wrong := _wrong_members(archive, content["files"], file.stat().st_size):
                raise InputError(
                    f"{file} is not as it was packed; copy it again:", first_ten(wrong)
                )
            for name, entry in content["files"].items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
                if describe(path) != entry:
                    raise InputError(
                        f"{file} is not as it was packed; copy it again:",
                        [f"{name}: other content"],
                    )
            (folder / CONTENTS).write_bytes(archive.read(CONTENTS))
    except (InputError, PermissionError, MemoryError):
        raise
    except Exception as error:  # damaged archives raise many kinds
        if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
            raise
        raise InputError(
            f"{file} is neither a run's folder nor a whole pack: {error}; copy it again"
        ) from None


def read_contents(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    """pack.json, with every key of the form that it must have."""
    try:
        member = archive.getinfo(CONTENTS)
        if member.file_size > _AT_MOST:
            raise InputError(
                f"{file} is no pack: its {CONTENTS} has {member.file_size} bytes; pack the run "
                "again"
            )
        content: dict[str, Any] = json.loads(archive.read(member))
        written_as = content["format"]
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise InputError(
            f"{file} is no pack: it has no sound {CONTENTS}; copy it again, or pack the run again"
        ) from None
    if written_as != FORMAT:
        raise InputError(
            f"{file} is of format {written_as!r}, and this version reads {FORMAT}: a newer version "
            "has packed it; python -m pip install --upgrade backbone-ensemble"
        )
    try:
        named = set(content["weights"].values())
        sound = isinstance(content["keras"], str | None) and named <= content["files"].keys()
        sound &= all(entry.keys() == {"bytes", "sha256"} for entry in content["files"].values())
        sound &= all(isinstance(entry["bytes"], int) for entry in content["files"].values())
    except (KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise InputError(
            f"{file} is no pack: it has no sound {CONTENTS}; copy it again, or pack the run again"
        )
    return content


def _wrong_members(
    archive: zipfile.ZipFile, files: Mapping[str, Mapping[str, Any]], size: int
) -> list[str]:
    """What of the archive must not be unpacked; looked at before anything is read."""
    members = archive.infolist()
    names = [member.filename for member in members if member.filename != CONTENTS]
    wrong = [f"{name}: leads out of the pack" for name in {*names, *files} if _is_unsafe(name)]
    wrong += [f"{name}: has no place in a pack" for name in files if not _LAYOUT.fullmatch(name)]
    wrong += [f"{name}: is missing" for name in files.keys() - set(names)]
    wrong += [f"{name}: is not listed" for name in set(names) - files.keys()]
    wrong += [f"{name}: is there twice" for name in set(names) if names.count(name) > 1]
    for member in members:
        entry = files.get(member.filename)
        if member.compress_type != zipfile.ZIP_STORED:
            wrong.append(f"{member.filename}: is compressed")
        elif entry is not None and member.file_size != entry["bytes"]:
            wrong.append(f"{member.filename}: has {member.file_size} bytes, not {entry['bytes']}")
    if sum(entry["bytes"] for entry in files.values()) > size:
        wrong.append("its files are larger than itself")
    return sorted(wrong)


def _is_unsafe(name: str) -> bool:
    return is_outside(name) or PurePosixPath(name).as_posix() != name or name in ("", ".")


def describe(path: Path) -> dict[str, Any]:
    """What a pack says of a file: its size and SHA-256 (hex)."""
    return {"bytes": path.stat().st_size, "sha256": hash_file(path)}
