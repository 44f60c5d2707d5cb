"""Letters that nobody sees, and two spellings of one label."""

from __future__ import annotations

import re
import unicodedata


def trim(text: str) -> str:
    """`text` without blanks and invisible characters at its ends: no-break, zero-width, BOM.

    >>> trim("\\u00a0a b\\u200b ")
    'a b'
    """
    if text.isprintable() and text == text.strip():
        return text
    shown = [place for place, letter in enumerate(text) if not _is_blank(letter)]
    return text[shown[0] : shown[-1] + 1] if shown else ""


def plain(text: str) -> str:
    """What a reader sees of `text`: composed letters, single blanks, nothing invisible.

    >>> plain("Cafe\\u0301\\u00a0 1\\u200b")
    'Café 1'
    """
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", seen).strip())


def _is_blank(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf")
