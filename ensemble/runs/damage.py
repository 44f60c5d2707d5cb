"""What a file of a run, made by somebody else, can hold instead of what a fit writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backbones.errors import InputError

#: Of a JSON file of a run, in bytes; it has some thousand.
_AT_MOST = 1 << 26


@contextmanager
def named(path: Path) -> Iterator[Path]:
    """Whatever goes wrong with the content of a file, as an ``InputError`` that names the file.

    Raises
    ------
    InputError
        The file is missing, or reading its content went wrong in any way.
    """
    try:
        yield path
    except FileNotFoundError:
        raise InputError(f"{path} is missing; copy the whole run, or run the fit again") from None
    except (InputError, OSError, MemoryError):
        raise
    except Exception as error:  # other keys, types and lengths than expected raise any kind
        reason = f"{type(error).__name__}: {str(error)[:200]}"
        raise InputError(
            f"{path} is not as a fit writes it ({reason}); run the fit again"
        ) from None


def read_json(path: Path) -> Any:
    """The content of a JSON file; raises as ``named``."""
    with named(path):
        if path.stat().st_size > _AT_MOST:
            raise ValueError(f"it has {path.stat().st_size:,} bytes")
        return json.loads(path.read_bytes())
