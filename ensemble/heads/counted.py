"""What is counted of densities: whole photos, or the parts that a target is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ensemble.heads.parts import Part

Densities = npt.NDArray[np.float32]


def counted(
    densities: Iterable[Densities], parts: Sequence[Part | None] | None
) -> Iterator[tuple[npt.NDArray[np.float64], Densities]]:
    """Yield the counts float64 (batch,) and densities (batch, rows, columns) of each batch.

    `parts` are of all photos, in their order; where one says that the target is of the parts, the
    count is as well.
    """
    start = 0
    for batch in densities:
        sums = batch.sum(axis=(1, 2), dtype=np.float64)
        for row, part in enumerate((parts or ())[start : start + len(batch)]):
            if part is not None and not part.is_whole:
                sums[row] = _sum_in(part, batch[row])
        start += len(batch)
        yield sums, batch


def _sum_in(part: Part, density: Densities) -> float:
    from ensemble.heads.cells import counted_shares

    return float((density * counted_shares(part, density.shape)).sum(dtype=np.float64))
