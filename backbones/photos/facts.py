"""What is remembered of photos behind URLs, until their place says that they changed."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from backbones.disk.database import opened_once
from backbones.disk.discard import remove, warn_damaged
from backbones.disk.sealed import open_row, seal_row
from backbones.errors import InputError
from backbones.failure import store_failures
from backbones.photos.images import upright_size
from backbones.progress import Advance, Progress, Silent
from backbones.remote.photo import RemotePhoto, together

#: Maximal size of the database; it occupies only what is written, some 150 bytes a photo.
_SETTINGS = {"map_size": 1 << 33, "metasync": False}

#: Photos that are downloaded before what is known of them is written: what a kill can cost.
_BATCH = 512

_OWNER = b"remote"

#: The SHA-256 digest, height and width.
_ROW = struct.Struct(">32sII")


class Facts(NamedTuple):
    """What is known of a photo's bytes."""

    digest: str  #: SHA-256 (hex)
    height: int  #: pixels, when upright; 0 where its header cannot be read
    width: int


def remote_facts(
    photos: Sequence[RemotePhoto], cache: Path, progress: Progress | None = None
) -> dict[RemotePhoto, Facts | OSError]:
    """What is known of photos, or why one cannot be read; downloads only photos that are new.

    A photo is recognised by its URL and version, see ``RemotePhoto``. What was downloaded is
    written down as it comes, so that after a lost connection the next run goes on from there. All
    downloads together are a stage of `progress`.

    Raises
    ------
    UnreachableError
        Their place cannot be read, or not any more.
    """
    found: dict[RemotePhoto, Facts | OSError] = dict(_recall(photos, cache))
    due = [one for one in dict.fromkeys(photos) if one not in found]
    if due:
        with (progress or Silent()).stage("downloading", len(due), "photo") as advance:
            for start in range(0, len(due), _BATCH):
                found |= _download(due[start : start + _BATCH], cache, advance)
    return found


def _download(
    photos: Sequence[RemotePhoto], cache: Path, advance: Advance
) -> dict[RemotePhoto, Facts | OSError]:
    """Take the facts of photos; those that came before an error are remembered all the same."""
    found: dict[RemotePhoto, Facts | OSError] = {}
    try:
        for photo, facts in together(_take, photos):
            found[photo] = facts
            advance(1)
    finally:
        _remember({photo: one for photo, one in found.items() if isinstance(one, Facts)}, cache)
    return found


def forget_facts(cache: Path) -> None:
    """Delete what is known, so that every photo is downloaded again."""
    with store_failures(_place(cache)):
        remove(_place(cache))


def _take(photo: RemotePhoto) -> Facts | OSError:
    try:
        data = photo.read_bytes()
    except OSError as error:
        return error
    try:
        height, width = upright_size(io.BytesIO(data))
    except InputError:  # decoding tells of it
        height, width = 0, 0
    return Facts(hashlib.sha256(data).hexdigest(), height, width)


def _recall(photos: Sequence[RemotePhoto], cache: Path) -> Iterator[tuple[RemotePhoto, Facts]]:
    keys = {one: bytes.fromhex(name) for one in photos if (name := one.key) is not None}
    if not keys:
        return
    folder = _place(cache)
    with (
        store_failures(folder),
        opened_once(folder, **_SETTINGS) as database,
        database.begin() as reader,
    ):
        for photo, key in keys.items():
            sealed = reader.get(key)
            if sealed is None:
                continue
            row = open_row(_OWNER, key, sealed)
            if row is None or len(row) != _ROW.size:
                warn_damaged(folder, "the digest of a photo")
                continue
            digest, height, width = _ROW.unpack(row)
            yield photo, Facts(digest.hex(), height, width)


def _remember(new: dict[RemotePhoto, Facts], cache: Path) -> None:
    folder, rows = _place(cache), []
    for photo, (digest, height, width) in new.items():
        if (name := photo.key) is not None:
            key, row = bytes.fromhex(name), _ROW.pack(bytes.fromhex(digest), height, width)
            rows.append((key, seal_row(_OWNER, key, row)))
    if rows:
        with (
            store_failures(folder),
            opened_once(folder, **_SETTINGS) as database,
            database.begin(write=True) as writer,
        ):
            writer.cursor().putmulti(rows)


def _place(cache: Path) -> Path:
    return cache / "remote"
