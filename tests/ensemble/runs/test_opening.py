"""A run opened elsewhere: its files moved, its engine or cache another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from backbones.errors import InputError
from backbones.networks import backbone
from ensemble.config.settings import ConfigError
from ensemble.config.table_format import TableFormat
from ensemble.run import open_run
from tests.ensemble.runs.small import change, fit_small, make_model


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opening")
    fit_small(folder)
    make_model(folder / "other.keras", seed=1)
    return folder


@pytest.fixture
def moved(place: Path, tmp_path: Path) -> Path:
    """A copy of the run and, in another folder, of its network; nothing else is to be found."""
    shutil.copytree(place / "run", tmp_path / "run")
    content = (tmp_path / "run" / "config.yaml").read_text().replace(str(place), "/nowhere")
    change(tmp_path / "run", "config.yaml", content.encode())
    shutil.copy(place / "small.keras", tmp_path / "elsewhere.keras")
    return tmp_path


def here(moved: Path) -> list[str]:
    return [f"backbones.own.model={moved / 'elsewhere.keras'}", f"cache_dir={moved / 'cache'}"]


def test_a_moved_run_predicts_the_same_and_keras_is_asked_nothing(
    place: Path, moved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*_: object) -> None:
        raise AssertionError("all that opens the networks lies in the run")

    monkeypatch.setattr(backbone, "_ask_keras", ask)
    run = open_run(moved / "run", here(moved))
    assert run.config.cache == moved / "cache"
    expected = open_run(place / "run").predict(place / "new")
    pd.testing.assert_frame_equal(run.predict(place / "new"), expected, check_exact=True)


def test_new_tables_may_be_written_in_another_way(moved: Path) -> None:
    settings = ["data.separator=;", "data.decimal=,", "data.encoding=cp1252"]
    run = open_run(moved / "run", [*here(moved), *settings])
    assert run.config.data.table_format == TableFormat(";", ",", "cp1252")


def test_a_network_that_is_not_there_is_named_with_the_way_out(moved: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_run(moved / "run")
    (mistake,) = caught.value.mistakes
    assert mistake.startswith("backbones.own.model: there is no file /nowhere/small.keras; ")
    assert mistake.endswith("say --set backbones.own.model=PATH")


@pytest.mark.parametrize(
    ("setting", "kind", "message"),
    [
        ("folds.n=4", ConfigError, "only backbones.NAME.model, .* may be set; its heads were"),
        ("backbones.own.flip=true", ConfigError, "engine and cache_dir may be set"),
        ("engine", ConfigError, "--set takes KEY=VALUE"),
        ("engine=abacus", ConfigError, "does not fit the run:\n  - engine: must be"),
        ("backbones.owl.model=x.keras", ConfigError, "no entry 'owl'; did you mean own"),
        ("backbones.own.model=x.h5", ConfigError, "model must be a .keras file, not 'x.h5'"),
        ("backbones.own.model=x.keras", InputError, "backbones.own.model: there is no file x.k"),
        ("backbones.tiny.weights=imagenet", InputError, "weights: imagenet; those .* random"),
    ],
)
def test_what_cannot_be_set(
    moved: Path, setting: str, kind: type[InputError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        open_run(moved / "run", [*here(moved), setting])


def test_a_file_with_other_content_is_refused_with_both_digests(place: Path, moved: Path) -> None:
    recorded = json.loads((moved / "run" / "backbones.json").read_text())["own"]["weights_digest"]
    with pytest.raises(InputError) as caught:
        open_run(moved / "run", [*here(moved), f"backbones.own.model={place / 'other.keras'}"])
    assert f"{place / 'other.keras'} has the SHA-256 " in str(caught.value)
    assert f"the weights of the run (small.keras) {recorded}" in str(caught.value)
