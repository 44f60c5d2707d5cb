"""The folders and the index of a run of several targets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.runs.folder import RunFolder, RunWriter, open_run_folder
from ensemble.runs.several import folders_of, open_targets


def test_no_two_targets_share_a_folder() -> None:
    targets = ["a", "A", "a-2", "a/b", "a b", "..", "größe", "x" * 300, ""]
    places = list(folders_of(targets).values())
    assert len({place.casefold() for place in places}) == len(targets)
    assert all(place.count("/") == 1 and ".." not in place for place in places)
    assert all(len(place.encode()) < 250 for place in places)
    assert places[6] == "targets/größe"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A run with the index of one target."""
    part = RunWriter(tmp_path / "run" / "targets" / "a", "key")
    part.text("oof.csv", "name\n")
    part.close()
    return index(tmp_path / "run", {"a": entry(tmp_path / "run", "targets/a")}).folder


def entry(folder: Path, place: str) -> dict[str, str]:
    from backbones.files import hash_file

    return {"folder": place, "manifest": hash_file(folder / place / "manifest.json")}


def index(folder: Path, content: object) -> RunFolder:
    writer = RunWriter(folder, "key", force=True)
    writer.json("targets.json", content)
    return writer.close()


def test_the_run_has_the_files_of_all(written: Path) -> None:
    whole, runs = open_targets(open_run_folder(written))
    assert list(runs) == ["a"]
    assert set(whole.files) == {"targets.json", "targets/a/oof.csv", "targets/a/manifest.json"}


def test_another_run_in_its_place_is_refused(written: Path) -> None:
    other = RunWriter(written / "targets" / "a", "other")
    other.text("oof.csv", "name\nb\n")
    other.close()
    with pytest.raises(InputError, match="targets/a is another run than the fit of all targets"):
        open_targets(open_run_folder(written))
    shutil.rmtree(written / "targets")
    with pytest.raises(InputError, match="lacks the run of a in targets/a; copy the whole run"):
        open_targets(open_run_folder(written))


@pytest.mark.parametrize(
    "content",
    [
        [],
        3,
        {"a": 3},
        {"a": {"folder": "targets/a"}},
        {"a": {"folder": "../b", "manifest": ""}},
        {"a": {"folder": "/etc", "manifest": ""}},
    ],
)
def test_an_index_that_no_fit_writes_is_named(written: Path, content: object) -> None:
    files = index(written, content)
    assert json.loads((written / "targets.json").read_text()) == content
    with pytest.raises(InputError, match=r"targets\.json is not as a fit writes it"):
        open_targets(files)
