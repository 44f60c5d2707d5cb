"""Each benchmark runs, on a handful of drawn photos; what it measures is not looked at."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import report, workload

SMALL = ["--photos", "8", "--side", "32"]
ONCE = ["--rounds", "1"]

# benchmark, its arguments, the first column of its rows
BENCHMARKS = [
    ("extraction", [*ONCE, "--networks", "MobileNet", "--engine", "tensorflow"], ["MobileNet"]),
    ("extraction", [*ONCE, "--networks", "MobileNet"], ["MobileNet"]),
    (
        "efficiency",
        [*ONCE, "--networks", "MobileNet", "MobileNetV2", "--matrix", "64"],
        ["MobileNet", "MobileNetV2", "MobileNet + MobileNetV2"],
    ),
    ("scaling", [*ONCE, "--network", "MobileNet"], [1, 2, 4, 8]),
    ("article", ["--photos", "20"], None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "arguments", "first"), BENCHMARKS)
def test_it_runs_and_keeps_its_figures(
    name: str,
    arguments: list[str],
    first: list[object] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    monkeypatch.setenv("FACE_COUNTING_DATA", str(tmp_path / "none"))
    kept = tmp_path / "figures.json"
    monkeypatch.setattr(sys, "argv", [name, *SMALL, "--json", str(kept), *arguments])
    importlib.import_module(f"benchmarks.{name}").main()
    rows = json.loads(kept.read_text())["rows"]
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == f"| {' | '.join(rows[0])} |"
    assert len(shown) == len(rows) + 2
    if first is not None:
        assert [next(iter(row.values())) for row in rows] == first
    numbers = [value for row in rows for value in row.values() if not isinstance(value, str)]
    assert min(numbers) > 0


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system keeps its cache")
def test_training_is_held_against_keras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "figures.json"
    monkeypatch.setattr(sys, "argv", ["training", "--photos", "24", *ONCE, "--json", str(kept)])
    importlib.import_module("benchmarks.training").main()
    rows = json.loads(kept.read_text())["rows"]
    assert [row["maps"] for row in rows] == ["cached", "cached", "cold"]
    assert min(row["photos/s"] for row in rows) > 0


@pytest.mark.slow
def test_the_pieces_of_a_cluster_and_what_they_come_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    pytest.importorskip("ray", reason="the extra ray is not installed")
    monkeypatch.setenv("FACE_COUNTING_DATA", str(tmp_path / "none"))
    kept = tmp_path / "figures.json"
    small = ["--photos", "100", "--side", "32", "--networks", "MobileNet", "--tasks", "100"]
    monkeypatch.setattr(sys, "argv", ["cluster", *ONCE, *small, "--json", str(kept)])
    importlib.import_module("benchmarks.cluster").main()
    rows = json.loads(kept.read_text())["rows"]
    assert min(row["value"] for row in rows) > 0
    shown = capsys.readouterr().out.splitlines()
    # Photos and workers, three of each, with files sent and with files shared.
    assert len(shown) == len(rows) + 2 + 2 * 9 + 2


def test_the_table_is_markdown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [{"what": "a", "rate": 1234.5, "ratio": 2.0}, {"what": "b", "rate": 9, "ratio": 0.876}]
    report.show(rows, tmp_path / "figures.json")
    assert capsys.readouterr().out.splitlines() == [
        "| what | rate | ratio |",
        "| --- | --- | --- |",
        "| a | 1,234 | 2 |",
        "| b | 9 | 0.876 |",
    ]
    assert json.loads((tmp_path / "figures.json").read_text())["rows"] == rows


def test_repeated_photos_differ_in_bytes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACE_COUNTING_DATA", str(tmp_path / "none"))
    paths = workload.photos(tmp_path / "photos", 21)
    assert paths[0].read_bytes() != paths[20].read_bytes()
    with Image.open(paths[0]) as one, Image.open(paths[20]) as again:
        np.testing.assert_array_equal(np.asarray(one), np.asarray(again))
    assert len(list((tmp_path / "photos").glob("*.jpg"))) == 21


@pytest.mark.slow
def test_operations_are_those_of_the_paper(tmp_path: Path) -> None:
    from backbones.networks.backbone import joint_network
    from benchmarks.efficiency import operations

    (mobile,) = workload.backbones(tmp_path, ["MobileNetV2"])
    # Sandler et al. (2018), table 4: 300 million multiply-adds, 1.3 of them in the top.
    assert operations(joint_network([mobile])) / 2e6 == pytest.approx(300, rel=0.01)
