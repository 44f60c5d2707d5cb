"""Files of a run that somebody has worked on: kept beside when the run is written again."""

from __future__ import annotations

import codecs
import hashlib
import itertools
import logging
from pathlib import Path

_LOG = logging.getLogger("ensemble")

#: What is put behind the name of a file that is kept.
EDITED = ".edited"

_PNG = b"\x89PNG\r\n\x1a\n"


def keep_edited(path: Path, found: bytes, written: str, content: bytes) -> None:
    """Keeps a file under another name, and says so, where it holds work of somebody.

    Models are no such files, and what was merely cut short holds nothing of anybody.

    Parameters
    ----------
    found : bytes
        What the file holds.
    written : str
        SHA-256 (hex) of what the run before had written there.
    content : bytes
        What will be written there.
    """
    if content.startswith(found) or hashlib.sha256(found).hexdigest() == written:
        return
    if not (found.startswith(_PNG) or _is_text(found)):
        return
    kept = _free_name(path, found)
    path.replace(kept)
    _LOG.warning("%s was not as the fit left it: what it held is kept as %s", path, kept.name)


def _is_text(found: bytes) -> bool:
    """Whether a person can have written it, in whatever encoding."""
    return found.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not any(
        byte < 32 for byte in found.translate(None, b"\t\n\r\f")
    )


def _free_name(path: Path, found: bytes) -> Path:
    """The first name that is free, or that keeps the same already."""
    for number in itertools.count(1):
        kept = path.with_name(f"{path.name}{EDITED}{number if number > 1 else ''}")
        if not kept.exists() or (kept.is_file() and kept.read_bytes() == found):
            break
    return kept
