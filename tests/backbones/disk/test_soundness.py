"""Damaged LMDB files: they are read, or made anew, and no signal ends a process."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backbones.disk.meta import Unsound
from backbones.disk.soundness import check_snapshot, read_metas
from backbones.features import environment
from backbones.features.store import FeatureStore
from tests.backbones.disk.damage import blank, cut, damage, flip, flip_in_trees

LENGTH, ROWS = 300, 60
KEYS = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(ROWS)]
FEATURES = np.random.default_rng(0).normal(size=(ROWS, LENGTH)).astype(np.float32)

#: Damages a store many times in one process, and says before each how; a signal would end it.
CHILD = """
import random, sys
from pathlib import Path
from tests.backbones.disk.test_soundness import mend
whole, place, seed, times = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
draw = random.Random(seed)
for number in range(times):
    print(number, flush=True)
    mend(whole, place, draw)
"""


def fill(folder: Path) -> Path:
    store = FeatureStore(folder, LENGTH)
    for start in range(0, ROWS, 8):
        store.write(KEYS[start : start + 8], FEATURES[start : start + 8])
    store.close()
    return folder


def mend(whole: Path, place: Path, draw: random.Random) -> None:
    """Damages a copy of a store; it must give right rows or none, and take new ones."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole, place)
    damage(place / "data.mdb", draw)
    environment._CLOSED.clear()
    store = FeatureStore(place, LENGTH)
    for key in store.missing(KEYS):
        row = KEYS.index(key)
        store.write([key], FEATURES[row : row + 1])
    more = [hashlib.sha256(b"more %d" % number).hexdigest() for number in range(16)]
    store.write(more, np.ones((16, LENGTH)))
    store.close()
    environment._CLOSED.clear()
    again = FeatureStore(place, LENGTH)
    assert again.missing([*KEYS, *more]) == []
    np.testing.assert_array_equal(again.read(KEYS), FEATURES)
    again.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("whole") / "store")


def in_child(whole: Path, place: Path, seed: int, times: int) -> None:
    command = [sys.executable, "-c", CHILD, str(whole), str(place), str(seed), str(times)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout.split()[-1:], done.stderr)


def test_damaged_stores_give_right_rows_or_none(whole: Path, tmp_path: Path) -> None:
    in_child(whole, tmp_path / "store", seed=0, times=30)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_many_damaged_stores_give_right_rows_or_none(
    whole: Path, tmp_path: Path, seed: int
) -> None:
    in_child(whole, tmp_path / "store", seed, times=300)


def test_a_sound_file_is_sound_after_every_commit(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path / "s", LENGTH)
    with (tmp_path / "s" / "data.mdb").open("rb") as file:
        for start in range(0, ROWS, 4):
            store.write(KEYS[start : start + 4], FEATURES[start : start + 4])
            newest = max(meta.transaction for meta in read_metas(file.fileno()))
            check_snapshot(file.fileno(), newest)
    with store._file._lmdb.begin(write=True) as change:
        for key in KEYS[:40]:
            change.put(bytes.fromhex(key), b"damaged")
    store._file._whole.clear()
    assert store.missing(KEYS) == KEYS[:40]
    store.close()
    with (tmp_path / "s" / "data.mdb").open("rb") as file:
        check_snapshot(file.fileno(), max(meta.transaction for meta in read_metas(file.fileno())))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no database" * 1000, "it has 11000 bytes, and pages of"), (b"short", "it has 5 bytes")],
)
def test_what_is_no_database_is_named_and_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, said: str
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "data.mdb").write_bytes(content)
    store = FeatureStore(tmp_path / "s", LENGTH)
    assert store.missing(KEYS[:1]) == KEYS[:1]
    store.close()
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{tmp_path / 's'} is damaged ({said}")
    assert record.getMessage().endswith("discarded, and computed again")


def test_a_file_cut_in_half_is_unsound(whole: Path, tmp_path: Path) -> None:
    content = (whole / "data.mdb").read_bytes()
    (tmp_path / "half").write_bytes(content[: len(content) // 2])
    with (tmp_path / "half").open("rb") as file:
        newest = max(meta.transaction for meta in read_metas(file.fileno()))
        with pytest.raises(Unsound):
            check_snapshot(file.fileno(), newest)


@pytest.mark.parametrize("place", ["folder", "file"])
def test_a_folder_in_place_of_the_file_and_a_file_in_place_of_the_folder(
    tmp_path: Path, place: str
) -> None:
    if place == "folder":
        (tmp_path / "s" / "data.mdb").mkdir(parents=True)
    else:
        (tmp_path / "s").write_text("")
    store = FeatureStore(tmp_path / "s", LENGTH)
    store.write(KEYS, FEATURES)
    assert store.missing(KEYS) == []
    store.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s"]


def test_a_process_that_has_a_discarded_file_open_goes_on(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.backbones.disk.test_soundness import FEATURES, KEYS, LENGTH, FeatureStore\n"
        f"store = FeatureStore(Path({str(folder)!r}), LENGTH)\n"
        "print('open', flush=True); sys.stdin.readline()\n"
        "print(bool((store.read(KEYS) == FEATURES).all())); store.write(KEYS, FEATURES)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    damaged = tmp_path / "damaged"
    damaged.write_bytes((folder / "data.mdb").read_bytes()[:9000])
    damaged.replace(folder / "data.mdb")
    store = FeatureStore(folder, LENGTH)
    assert store.missing(KEYS) == KEYS
    store.close()
    said, _ = other.communicate("go on\n")
    assert (said, other.returncode) == ("True\n", 0)


@pytest.mark.parametrize("how", [flip, cut, blank, flip_in_trees])
def test_each_kind_of_damage_changes_the_file(
    whole: Path, tmp_path: Path, how: Callable[[Path, random.Random], None]
) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    how(folder / "data.mdb", random.Random(0))
    assert (folder / "data.mdb").read_bytes() != (whole / "data.mdb").read_bytes()


def test_a_file_that_another_process_writes_is_never_taken_for_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.backbones.disk.test_soundness import FEATURES, KEYS, LENGTH, FeatureStore\n"
        f"store = FeatureStore(Path({str(tmp_path / 's')!r}), LENGTH)\n"
        "print('open', flush=True)\n"
        "for number in range(400): store.write([KEYS[number % 60]], FEATURES[:1])\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        looked = 0
        while other.poll() is None:
            environment._CLOSED.clear()
            store = FeatureStore(tmp_path / "s", LENGTH)
            store.missing(KEYS)
            store.close()
            looked += 1
    assert looked > 1
    assert other.returncode == 0
    assert caplog.messages == []


def test_a_file_that_has_grown_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(environment, "_FIRST_MAP", 1 << 16)
    fill(tmp_path / "s")
    environment._CLOSED.clear()
    store = FeatureStore(tmp_path / "s", LENGTH)
    assert store.missing(KEYS) == []
    store.close()
    assert caplog.messages == []
