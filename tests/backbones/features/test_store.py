from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from backbones.features import environment
from backbones.features.store import FeatureStore, TransientStore

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
    with pytest.raises(InputError, match=f"{digest('9')} was removed or damaged .* run again"):
        store.read([digest("9")])


def test_rows_of_another_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"features must be \(1, 7\), not \(1, 6\)"):
        FeatureStore(tmp_path, 7).write([digest("a")], np.zeros((1, 6), dtype=np.float32))


def test_it_grows_beyond_its_first_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_FIRST_MAP", 1 << 16)
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


def test_one_process_opens_a_store_as_often_as_it_likes(tmp_path: Path) -> None:
    first, second = FeatureStore(tmp_path, 2), FeatureStore(tmp_path, 2)
    first.write([digest("a")], np.ones((1, 2)))
    first.close()
    assert second.read([digest("a")]).tolist() == [[1, 1]]
    second.close()
    again = FeatureStore(tmp_path, 2)
    assert again.missing([digest("a"), digest("b")]) == [digest("b")]


def test_threads_read_and_write_while_the_file_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "_FIRST_MAP", 1 << 16)
    keys = [digest(str(n)) for n in range(160)]

    def work(number: int) -> bool:
        store, mine = FeatureStore(tmp_path, 500), keys[number::4]
        for key in mine:
            store.write([key], np.full((1, 500), number, dtype=np.float32))
            if store.read([key])[0, -1] != number:
                return False
        store.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [True] * 4
    assert FeatureStore(tmp_path, 500).missing(keys) == []


def test_a_transient_store_reads_through_and_writes_nothing_behind(tmp_path: Path) -> None:
    behind = FeatureStore(tmp_path, 2)
    behind.write([digest("a")], np.array([[1, 2]]))
    store = TransientStore(2, behind=behind)
    assert store.missing([digest("a"), digest("b")]) == [digest("b")]
    store.write([digest("b")], np.array([[3, 4]]))
    assert store.read([digest("b"), digest("a")]).tolist() == [[3, 4], [1, 2]]
    assert behind.missing([digest("b")]) == [digest("b")]
    store.keep(())
    with pytest.raises(InputError, match=digest("b")):
        store.read([digest("b")])
