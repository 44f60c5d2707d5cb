"""Which photos are near copies of which, by their hashes; the cache keeps what was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backbones.disk.arrays import read_arrays, write_arrays
from backbones.features.measures import HASH
from backbones.key import key
from backbones.photos.likeness import BITS, METHOD, MOST_BITS

Rows = npt.NDArray[np.intp]

#: Pairs of photos that are compared at once: 32 MB, and some ten times that if all are alike.
_PAIRS = 1 << 23


class Links(NamedTuple):
    """As in ``ensemble.photos.copies.Copies``, of contents in place of photos."""

    group: Rows
    nearest: Rows
    distance: Rows


def read_links(cache: Path, digests: Sequence[str]) -> Links:
    """The links of photos by their digests, each given once and in order.

    They are kept, as long as the same photos are asked for.

    Raises
    ------
    InputError
        A photo has no hash.
    """
    path = cache / "copies" / f"{key([METHOD, MOST_BITS, list(digests)])[:32]}.npz"
    kept = read_arrays(path)
    if kept is not None:
        return Links(**kept)
    found = link(HASH.read(cache, digests))
    write_arrays(path, found._asdict())
    return found


def _signs(hashes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return 1 and -1 for the bits of packed hashes, (n, 256); 0 for photos without a hash."""
    bits = np.unpackbits(hashes, axis=1).astype(np.float32)
    return (2 * bits - 1) * bits.any(axis=1, keepdims=True)


def link(hashes: npt.NDArray[np.uint8]) -> Links:
    """Link photos of different contents that are near copies, by their packed hashes (n, 32).

    All pairs are compared, which takes longer by the square of their number: 4 s for 20,000 photos
    on two cores, and so some two minutes for 100,000.
    """
    from sklearn.utils import gen_batches

    signs = _signs(hashes)
    n = len(signs)
    group, nearest, distance = np.arange(n), np.arange(n), np.full(n, BITS)
    for batch in gen_batches(n, max(1, _PAIRS // n)):
        rows, others = np.arange(n)[batch], np.arange(batch.start, n)
        differing = (BITS - signs[batch] @ signs[batch.start :].T) / 2
        differing[np.tril_indices(len(rows))] = BITS  # each pair once
        one, other = np.divmod(np.flatnonzero(differing <= MOST_BITS), len(others))
        if len(one):
            near, like = _where(one, len(rows)), _where(other, len(others))
            _keep_nearest(nearest, distance, rows[near], others, differing[near])
            _keep_nearest(nearest, distance, others[like], rows, differing[:, like].T)
            some, more = group[rows[one]], group[others[other]]
            group = components(n, some[some != more], more[some != more])[group]
    distance[nearest == np.arange(n)] = 0
    return Links(group, nearest, distance)


def _where(positions: Rows, n: int) -> Rows:
    """Return each of the positions below `n` once; their number may be large."""
    marked = np.zeros(n, dtype=bool)
    marked[positions] = True
    return np.flatnonzero(marked)


def _keep_nearest(
    nearest: Rows, distance: Rows, rows: Rows, others: Rows, differing: npt.NDArray[np.float32]
) -> None:
    """Update the nearest of some rows by their distances to others, (rows, others)."""
    least = differing.argmin(axis=1)
    found = differing[np.arange(len(rows)), least]
    closer = found < distance[rows]
    nearest[rows[closer]] = others[least[closer]]
    distance[rows[closer]] = found[closer]


def components(n: int, some: Rows, others: Rows) -> Rows:
    """Number the connected components of `n` nodes, linked pair by pair."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(some), dtype=np.int8), (some, others)), shape=(n, n))
    numbers: Rows = connected_components(links, directed=False)[1].astype(np.intp)
    return numbers
