from __future__ import annotations

import logging
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from backbones.errors import InputError
from ensemble import fit
from ensemble.config.settings import ConfigError
from ensemble.fit import main as fit_main
from tests.ensemble.project import read_files


@pytest.mark.slow
def test_a_file_and_its_content_give_the_run_that_the_command_writes(
    project: Path, computed: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    settings = ["backbones.tiny.heads=[ridge]", "stack=mean"]
    given = [word for setting in settings for word in ("--set", setting)]
    assert fit_main(["small.yaml", *given, "--run-dir", "command"]) == 0
    counts = dict(computed)
    with caplog.at_level(logging.INFO, logger="ensemble"):
        run = fit("small.yaml", settings, run_dir="function")
    assert "40 labelled photos, 2 backbones" in caplog.messages
    content = YAML(typ="safe").load(Path("small.yaml"))
    other = fit(content, settings, run_dir=project / "mapping")
    assert computed == counts
    written = read_files(project / "command")
    assert read_files(run.folder) == written == read_files(other.folder)
    assert fit("small.yaml", settings).folder == Path("runs/small")
    assert list(run.leaderboard.columns[:3]) == ["name", "kind", "rmse"]
    assert run.metrics["photos"] == len(run.oof) == 40


def test_a_mapping_needs_a_folder_and_mistakes_come_at_once(project: Path) -> None:
    with pytest.raises(InputError, match="run_dir: a config without a file needs a folder"):
        fit({"data": {"folder": "."}})
    with pytest.raises(ConfigError) as caught:
        fit({"data": {"folder": "."}, "folds": {"m": 3}}, run_dir="run")
    assert str(caught.value).startswith("the config has ")
    assert "folds.m: unknown key" in str(caught.value)
    assert "backbones: Field required" in str(caught.value)
