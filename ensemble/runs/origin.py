"""All that a run comes from, as one key: what has the same key would have the same files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import backbones
import ensemble
from backbones.features.key import features_key
from backbones.key import key
from ensemble.config.experiment import Experiment
from ensemble.photos.annotations.catalog import annotation_files
from ensemble.photos.rejected import Rejected
from ensemble.runs.record import resolve_config
from ensemble.runs.versions import versions


def origin(experiment: Experiment, photos: Sequence[str], rejected: Sequence[Rejected] = ()) -> str:
    """SHA-256 (hex) of config, networks, tables, photos, versions and code.

    Parameters
    ----------
    photos : sequence of str
        The digests of the labelled photos, in the order of their names.
    rejected : sequence of Rejected
        Photos that cannot be read, and so have none.
    """
    data = experiment.config.data
    files = (data.train, data.boxes, data.points, data.areas, data.counts)
    tables = [data.path(file) for file in files if file is not None]
    if (spec := data.objects) is not None:
        tables += annotation_files(spec.format, data.path(spec.path))
    content = {
        "config": resolve_config(experiment),
        "features": [
            features_key(backbone, experiment.config.engine) for backbone in experiment.backbones
        ],
        "tables": [hashlib.sha256(table.read_bytes()).hexdigest() for table in tables],
        "photos": list(photos),
        "rejected": [str(one) for one in rejected],
        # Beside those of the numbers, what draws the picture.
        "versions": {**versions(), "matplotlib": version("matplotlib")},
        "code": _code(),
    }
    return key(content)


@cache
def _code() -> str:
    """SHA-256 of every module and template of both packages, read in some milliseconds."""
    digest = hashlib.sha256()
    for package in (backbones, ensemble):
        for folder in package.__path__:
            for file in sorted(Path(folder).rglob("*")):
                if file.suffix in (".css", ".html", ".md", ".py"):
                    digest.update(file.read_bytes())
    return digest.hexdigest()
