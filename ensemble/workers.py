"""Who extracts features and fits heads: threads of this process, or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from backbones.features import extract
from ensemble.config.parallel import Parallel
from ensemble.stacking.fits import RunFits, fit_in_threads
from ensemble.terminal.stopping import clean_up_before


@dataclass(frozen=True)
class Workers:
    """The two kinds of work of a fit that take time; what comes of them does not depend on who."""

    extract: extract.Extract = extract.extract
    fit: RunFits = fit_in_threads


#: Those of this process.
THREADS = Workers()


@contextmanager
def open_workers(parallel: Parallel) -> Iterator[Workers]:
    """Those that a config asks for; what they have started ends with the block.

    Raises
    ------
    InputError
        Ray is not installed, or the cluster does not answer: before anything is started.
    """
    if parallel.backend == "threads":
        yield THREADS
        return
    from backbones.cluster.extraction import RayExtraction
    from backbones.cluster.session import Cluster
    from ensemble.cluster.fits import RayFits

    given = parallel.address, parallel.actors, parallel.cores, parallel.shared
    with Cluster(*given) as cluster:
        clean_up_before(cluster.end)
        yield Workers(RayExtraction(cluster), RayFits(cluster))
