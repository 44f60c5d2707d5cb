"""Heads trained by Keras, as members of a whole fit."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ensemble.fit import main as fit_main
from ensemble.report.page.densities import read_overlays
from ensemble.submit import main as submit_main
from tests.ensemble.project import CONFIG, read_files

DENSITY = """\
  - name: maps
    application: MobileNet
    arguments: {alpha: 0.25}
    weights: random
    image_size: [64, 64]
    layers: [conv_pw_1_relu, conv_pw_3_relu]
    pooling: none
    heads: [{head: density, parameters: {stride: 8, width: 12, least_steps: 5, epochs: 1}}]
"""


@pytest.mark.slow
def test_a_density_head_is_a_member_as_any_other(project: Path, computed: dict[str, int]) -> None:
    few = "folds: {n: 2}\nstack: mean"  # few heads to train
    config = CONFIG.replace("folds: {n: 3}", f"{DENSITY}{few}")
    (project / "small.yaml").write_text(config)
    assert fit_main(["small.yaml"]) == 0
    # The maps come from the forward pass that the rows of `tiny` come from.
    assert computed == {"photos": 82, "fits": 4 * 3}
    before = read_files(project / "runs" / "small")
    assert "members/maps.density/network.keras" in before
    curves = pd.read_csv(project / "runs/small/curves/maps.density.csv")
    assert list(curves) == ["left_out", "epoch", "map", "count"]
    assert submit_main([]) == 0
    found = pd.read_csv(project / "runs" / "small" / "predictions.csv")
    assert (found["maps.density"] > 0).all()
    assert fit_main(["small.yaml"]) == 0
    assert computed["fits"] == 4 * 3
    fit_main(["small.yaml", "--set", "data.boxes=null"])
    assert computed["fits"] == 5 * 3  # for boxes are what the density head alone has learned from


@pytest.mark.slow
def test_the_curves_of_an_mlp_are_kept(project: Path) -> None:
    head = "{head: mlp, parameters: {layers: [8], optimizer: adam, epochs: 3}}"
    assert fit_main(["small.yaml", "--set", f"backbones.other.heads=[{head}]"]) == 0
    run = project / "runs" / "small"
    curves = pd.read_csv(run / "curves" / "other.mlp.csv", dtype={"left_out": str})
    assert list(curves) == ["left_out", "epoch", "loss", "val_loss"]
    assert curves["left_out"].fillna("").unique().tolist() == [
        "0",
        "1",
        "2",
        "0+1",
        "0+2",
        "1+2",
        "",
    ]
    assert curves["epoch"].tolist() == 7 * [1, 2, 3]
    assert (run / "members" / "other.mlp" / "network.keras").is_file()
    assert submit_main([]) == 0


@pytest.mark.slow
def test_a_density_is_shown_on_photos_it_has_not_seen(project: Path) -> None:
    entry = (
        "{name: other, application: MobileNet, arguments: {alpha: 0.25}, weights: random, "
        "image_size: [64, 64], resize: letterbox, layers: [conv_pw_3_relu], pooling: none, "
        "heads: [{head: density, parameters: {stride: 8, width: 12, epochs: 1, least_steps: 5}}]}"
    )
    settings = ["--set", f"backbones.other={entry}", "--set", "stack=mean"]
    assert fit_main(["small.yaml", *settings, "--run-dir", "first"]) == 0
    assert fit_main(["small.yaml", *settings, "--run-dir", "second"]) == 0
    kept = (project / "first" / "densities.npz").read_bytes()
    assert kept == (project / "second" / "densities.npz").read_bytes()
    overlays = read_overlays(project / "first" / "densities.npz")
    assert overlays.member == "other.density"
    page = (project / "first" / "report.html").read_text()
    assert page.count('class="density"') == len(overlays.by_name)
    assert fit_main(["small.yaml", "--set", "stack=mean", "--run-dir", "second"]) == 0
    assert not (project / "second" / "densities.npz").exists()
    assert 'class="density"' not in (project / "second" / "report.html").read_text()
