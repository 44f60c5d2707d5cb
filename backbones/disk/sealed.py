"""Seals: a digest, kept with each piece, of its content and of what the piece is.

A piece that was cut, changed, or put in the place of another one has no whole seal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from backbones.disk.discard import MISPLACED, discard
from backbones.files import atomic_write, hash_file

#: At the end of a sealed file: a mark, and the SHA-256 (hex) of its name and of all before.
_MARK = b"\n#sealed "
_LENGTH = len(_MARK) + 64 + 1

Buffer = bytes | memoryview

#: At the end of a sealed row, in bytes.
_ROW_SEAL = 16

#: The file in a sealed folder that says what the others are.
SEAL = "seal.json"


def write_sealed(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, so that ``read_sealed`` knows it again.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a"
    ...     write_sealed(path, b"content")
    ...     read_sealed(path)
    b'content'
    """
    with atomic_write(path) as partial:
        partial.write_bytes(content + _seal(path.name, content))


def read_sealed(path: Path) -> bytes | None:
    """The content of a sealed file; None where there is none, or a damaged one, now discarded.

    Raises
    ------
    OSError
        This machine refuses to read it: it is left as it is.
    """
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    except IsADirectoryError as error:
        discard(path, str(error.strerror))
        return None
    content = found[:-_LENGTH]
    if found[-_LENGTH:] == _seal(path.name, content):
        return content
    discard(path, "its digest is another one")
    return None


def seal_files(files: Sequence[Path], seal: Path, name: str) -> None:
    """Write into the file `seal` what `files` are and that they belong to the piece `name`."""
    listed = {file.name: [file.stat().st_size, hash_file(file)] for file in files}
    with atomic_write(seal) as partial:
        partial.write_text(json.dumps({"piece": name, "files": listed}))


def broken(files: Sequence[Path], seal: Path, name: str) -> str:
    """Why the files are not those that were sealed as the piece `name`; empty where they are.

    Raises
    ------
    OSError
        This machine refuses to read them.
    """
    try:
        content = json.loads(seal.read_bytes())
        listed = {file: tuple(entry) for file, entry in content["files"].items()}
        piece = content["piece"]
        if piece != name:
            return f"it is of {piece}"
        if listed.keys() != {file.name for file in files}:
            return "files are missing, or too many"
        for file in files:
            if (file.stat().st_size, hash_file(file)) != listed[file.name]:
                return f"{file.name} has another digest"
    except (*MISPLACED, ValueError, KeyError, TypeError, AttributeError) as error:
        return str(error) or type(error).__name__
    return ""


def seal_folder(folder: Path, name: str) -> None:
    """Seal all files in a folder as the piece `name`."""
    seal_files(_content(folder), folder / SEAL, name)


def is_sealed_folder(folder: Path) -> bool:
    """Whether a folder is as it was sealed under its name; a damaged one is discarded."""
    if not folder.exists():
        return False
    reason = broken(_content(folder), folder / SEAL, folder.name) if folder.is_dir() else "a file"
    if reason:
        discard(folder, reason)
    return not reason


def seal_row(owner: bytes, key: bytes, row: bytes) -> bytes:
    """A row with its seal: it belongs to a key, in the store of an owner.

    >>> sealed = seal_row(b"store", b"key", b"row")
    >>> open_row(b"store", b"key", sealed), open_row(b"store", b"other", sealed)
    (b'row', None)
    """
    return row + _row_seal(owner, key, row)


def sealed_length(size: int) -> int:
    """Bytes of a row of so many with its seal."""
    return size + _ROW_SEAL


def open_row(owner: bytes, key: bytes, sealed: Buffer) -> Buffer | None:
    """The row without its seal; None where it is damaged, or another key's."""
    row = sealed[:-_ROW_SEAL]
    return row if _row_seal(owner, key, row) == sealed[-_ROW_SEAL:] else None


def bare_row(sealed: Buffer) -> Buffer:
    """The row without its seal, not checked."""
    return sealed[:-_ROW_SEAL]


def _seal(name: str, content: bytes) -> bytes:
    digest = hashlib.sha256(name.encode() + b"\0")
    digest.update(content)
    return _MARK + digest.hexdigest().encode() + b"\n"


def _row_seal(owner: bytes, key: bytes, row: Buffer) -> bytes:
    digest = hashlib.sha256(b"%d %d " % (len(owner), len(key)) + owner + key)
    digest.update(row)
    return digest.digest()[:_ROW_SEAL]


def _content(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != SEAL)
