"""A disk that takes no more: one line that says where, and everything works afterwards.

The limit on the size of a file stands for it: where it is reached, writing fails as on a full disk.
The slow tests have a small file system of their own, for which they must be root.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.features.store import FeatureStore
from backbones.photos import digests
from ensemble.fit import main as fit_main
from ensemble.heads import Regressor
from ensemble.heads.archive import save
from ensemble.heads.ridge import RidgeLOO
from ensemble.stacking.kept import keep_head
from tests.ensemble.interrupted import COMMANDS, PHOTOS, Project
from tests.ensemble.project import read_files

resource = pytest.importorskip("resource", reason="this system has no limits")

WAY = "make room there, or name another place"


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_store_keeps_what_it_had_and_takes_more_when_there_is_room(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).random((60, 5000), dtype=np.float32)
    keys = [f"{number:064x}" for number in range(60)]
    store = FeatureStore(tmp_path / "store", 5000)
    store.write(keys[:10], rows[:10])
    with at_most(400_000):
        with pytest.raises(InputError, match=rf"{tmp_path}/store: .*; {WAY}"):
            store.write(keys[10:], rows[10:])
        assert store.missing(keys) == keys[10:]
    store.close()
    store = FeatureStore(tmp_path / "store", 5000)
    assert store.missing(keys) == keys[10:]
    store.write(keys[10:], rows[10:])
    assert (store.read(keys) == rows).all()
    store.close()


def test_digests_name_their_folder(tmp_path: Path, photos: list[Path]) -> None:
    with at_most(100), pytest.raises(InputError, match=rf"{tmp_path}/cache/digests.*: .*; {WAY}"):
        digests.photo_digests(photos, tmp_path / "cache")
    assert len(digests.photo_digests(photos, tmp_path / "cache")) == len(photos)


def test_a_head_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    head: Regressor = RidgeLOO().fit(np.eye(40), np.arange(40.0))
    with at_most(100), pytest.raises(OSError, match="File too large") as caught:
        keep_head(tmp_path / "heads" / "one", head)
    assert caught.value.filename == str(tmp_path / "heads")
    assert list((tmp_path / "heads").iterdir()) == []
    save(head, tmp_path / "heads" / "one")


def test_a_fit_says_where_there_is_no_room_and_goes_on_from_there(
    warm_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with at_most(8_000):  # more than a trial of the places
        assert fit_main(["small.yaml"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert f": file too large; {WAY}" in error
    assert len(error.splitlines()) == 1
    assert fit_main(["small.yaml"]) == 0
    assert not list(warm_project.rglob("*.partial"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], AbstractContextManager[Path]]]:
    """Makes file systems of a size in ``tmp_path / "disk"``, one after the other."""

    @contextmanager
    def mounted(size: str) -> Iterator[Path]:
        place = tmp_path / "disk"
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True).returncode != 0:
            pytest.skip("file systems can be mounted by root alone")
        try:
            yield place
        finally:
            subprocess.run(["umount", str(place)], check=True)

    return mounted


@pytest.mark.slow
def test_a_fit_on_a_small_disk_ends_in_a_line_and_goes_on_when_there_is_room(
    small_disk: Callable[[str], AbstractContextManager[Path]], tmp_path: Path
) -> None:
    """Sizes that end it in the tables of photos, the stores, the networks and the heads."""
    with small_disk("500k") as place:
        project = Project(place / "project").write()
        for size in ("500k", "1m", "1500k", "2m", "64m"):
            subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)
            process = project.start(*COMMANDS[0], said="../../said")
            code, said = process.wait(600), (tmp_path / "said").read_text()
            assert "Traceback" not in said
            assert code == (0 if size == "64m" else 1), said
            if code:
                error = said[said.rindex("error: ") :]
                assert f"{place}" in error or "error: run/" in error
                assert WAY in error
                assert len(error.splitlines()) == 1
            assert project.unfinished() == []
        assert project.extracted() == {"pooled": PHOTOS + 1, "maps": PHOTOS + 1}
        assert read_files(project.folder / "run")["oof.csv"].count(b"\n") == PHOTOS + 1
