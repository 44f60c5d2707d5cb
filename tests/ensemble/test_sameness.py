"""The same bytes of all tables and models with any number of threads.

That the order of the rows plays no part is tested with the dataset; that a second run has the bytes
of the first, with reruns.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from ensemble.fit import main as fit_main
from tests.ensemble.interrupted import COMMANDS, CONFIG, Project
from tests.ensemble.project import read_files

#: What a user may set.
THREADS = [
    {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"},
    {"OMP_NUM_THREADS": "5", "TF_NUM_INTRAOP_THREADS": "5"},
]


def run_from_nothing(
    folder: Path, engine: str, before: tuple[str, ...] = (), **variables: str
) -> dict[str, bytes]:
    """All files of the run but those that hold the place of its cache."""
    project = Project(folder).write()
    (folder / "all.yaml").write_text(f"{CONFIG}engine: {engine}\n")
    for command in COMMANDS:
        process = project.start(*command, before=before, **variables)
        assert process.wait(900) == 0, project.said
    found = read_files(folder / "run")
    return {file: found[file] for file in found if file not in ("config.yaml", "manifest.json")}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["tensorflow", "openvino"])
def test_a_run_has_the_same_bytes_with_any_number_of_threads(engine: str, tmp_path: Path) -> None:
    pytest.importorskip(engine)
    usual = run_from_nothing(tmp_path / "usual", engine)
    assert {"oof.csv", "predictions.csv", "members/maps.density/network.keras"} <= usual.keys()
    for number, variables in enumerate(THREADS):
        assert run_from_nothing(tmp_path / str(number), engine, **variables) == usual, variables
    if shutil.which("taskset"):
        assert run_from_nothing(tmp_path / "one", engine, ("taskset", "-c", "0")) == usual


def test_another_backbone_leaves_the_columns_of_the_others_as_they_were(
    warm_project: Path,
) -> None:
    start, rest = (warm_project / "small.yaml").read_text().split("  - name: other")
    (warm_project / "first.yaml").write_text(f"{start}folds: {rest.split('folds: ')[1]}")
    tables = []
    for name in ("first", "small"):
        assert fit_main([f"{name}.yaml"]) == 0
        tables.append(pd.read_csv(warm_project / "runs" / name / "oof.csv", dtype=str))
    shared = ["name", "fold", "target", "tiny.ridge", "tiny.svr"]
    assert "other.ridge" in set(tables[1]) - set(tables[0])
    pd.testing.assert_frame_equal(tables[0][shared], tables[1][shared])
