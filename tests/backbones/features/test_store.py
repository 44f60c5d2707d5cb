from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import backbones.features.store
from backbones.features.store import FeatureStore

#: Writes rows whose values follow from their digest, and says so after each commit.
WRITER = """
import hashlib, sys
from pathlib import Path
import numpy as np
from backbones.features.store import FeatureStore
store = FeatureStore(Path(sys.argv[1]), length=300)
for batch in range(int(sys.argv[3])):
    digests = [hashlib.sha256(f"{sys.argv[2]} {batch} {n}".encode()).hexdigest() for n in range(8)]
    rows = [np.full(300, int(d[:4], 16)) for d in digests]
    store.write(digests, np.array(rows, dtype=np.float32))
    print(*digests, flush=True)
"""


def writer(folder: Path, name: str, batches: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_rows_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)
    keys = [digest(str(n)) for n in range(5)]
    FeatureStore(tmp_path, 7).write(keys, rows)
    store = FeatureStore(tmp_path, 7)
    np.testing.assert_array_equal(store.read([keys[3], keys[0]]), rows[[3, 0]])
    assert store.missing([digest("9"), keys[1]]) == [digest("9")]
    with pytest.raises(KeyError, match=digest("9")):
        store.read([digest("9")])


def test_rows_of_another_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"features must be \(1, 7\), not \(1, 6\)"):
        FeatureStore(tmp_path, 7).write([digest("a")], np.zeros((1, 6), dtype=np.float32))


def test_it_grows_beyond_its_first_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbones.features.store, "_FIRST_MAP", 1 << 16)
    store = FeatureStore(tmp_path, 1000)
    keys = [digest(str(n)) for n in range(200)]
    for start in range(0, 200, 20):
        rows = np.full((20, 1000), start, dtype=np.float32)
        store.write(keys[start : start + 20], rows)
    assert store.read(keys)[:, 0].tolist() == [20 * (n // 20) for n in range(200)]


def test_after_a_kill_what_was_committed_is_whole(tmp_path: Path) -> None:
    with writer(tmp_path, "killed", 100_000) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(20)]
        time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
    keys = [key for line in said if line.endswith("\n") for key in line.split()]
    store = FeatureStore(tmp_path, 300)
    rows = store.read(keys)
    assert (rows == np.array([[int(key[:4], 16)] for key in keys])).all()
    store.write([digest("new")], np.zeros((1, 300), dtype=np.float32))
    assert store.missing([digest("new")]) == []


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    both = [writer(tmp_path, name, 60) for name in ("one", "other")]
    said = [process.communicate()[0] for process in both]
    keys = [key for text in said for key in text.split()]
    assert len(keys) == 2 * 60 * 8
    rows = FeatureStore(tmp_path, 300).read(keys)
    assert (rows[:, 0] == [int(key[:4], 16) for key in keys]).all()
