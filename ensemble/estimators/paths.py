"""The paths that an estimator is given as X."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backbones.errors import InputError, first_ten
from backbones.remote.folder import open_url
from backbones.remote.url import Url, is_url


def validate_paths(X: Any) -> tuple[Path | Url, ...]:
    """The paths, or URLs, of n photos, from a sequence, a column, or a table of one column.

    Parameters
    ----------
    X : array-like of str or Path of shape (n,) or (n, 1)

    Raises
    ------
    InputError
        Another shape, nothing, or entries that are no paths: all of them.

    >>> validate_paths([["a.jpg"], ["b.jpg"]])
    (PosixPath('a.jpg'), PosixPath('b.jpg'))
    """
    if isinstance(X, str | Path):
        raise InputError(f"X must hold paths of photos, one a row; a single one is [{str(X)!r}]")
    column = np.asarray(X, dtype=object)
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1:
        raise InputError(
            f"X must be paths of photos of shape (n,) or (n, 1), not {column.shape}; choose the "
            "column that holds them"
        )
    if not len(column):
        raise InputError("X must hold the path of a photo at least; it has 0 rows")
    _refuse_others(column.tolist())
    return tuple(open_url(str(one)) if is_url(str(one)) else Path(one) for one in column)


def column_names(X: Any) -> list[str] | None:
    """The name of the one column of a table; None where X has none."""
    names = getattr(X, "columns", None)
    return None if names is None else [str(name) for name in names]


def _refuse_others(column: Sequence[Any]) -> None:
    wrong = [
        f"row {row}: {value!r}"
        for row, value in enumerate(column)
        if not isinstance(value, str | Path)
    ]
    if wrong:
        raise InputError("X must hold paths of photos, as str or Path:", first_ten(wrong))


def refuse_columns(entries: Sequence[Mapping[str, Any]]) -> None:
    """Refuse heads that take columns of a table beside the photos.

    Raises
    ------
    InputError
        There are such heads in these entries of backbones, as X holds paths alone.
    """
    heads = [head for entry in entries for head in entry.get("heads", ())]
    if any(isinstance(head, Mapping) and head.get("columns") for head in heads):
        raise InputError(
            "columns: true: X holds paths of photos and no columns; ensemble.fit takes a config "
            "with a table, or join the columns with BackboneFeatures in a ColumnTransformer"
        )
