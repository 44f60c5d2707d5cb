"""Which engine should hold features on disk: `python -m benchmarks.stores --json stores.json`.

Five minutes on 2 busy cores, Linux; `pip install '.[benchmarks]'` first.
Files are read from the page cache. On a shared machine only ratios of rates count.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sqlite3
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

import lmdb
import numpy as np
import pandas as pd

CASES = {"pooled": (2048, 2048, "float32"), "maps": (192, 150_000, "float16")}
WAYS = ("alone", "together", *["killed"] * 4)  # one writer, two at once, one that is killed
FLUSH, BATCH, ROUNDS = 64, 32, 1
SPAWN = multiprocessing.get_context("spawn")


class Lmdb:
    def __init__(self, folder: Path, length: int, dtype: str, **flags: bool) -> None:
        self.env = lmdb.open(str(folder), map_size=1 << 26, **flags)
        self.close = self.env.close

    def write(self, keys: np.ndarray, rows: np.ndarray) -> None:
        try:
            with self.env.begin(write=True) as transaction:
                transaction.cursor().putmulti(zip(keys, map(bytes, rows), strict=True))
        except (lmdb.MapFullError, lmdb.MapResizedError) as error:  # resized: by another process
            full = isinstance(error, lmdb.MapFullError)
            self.env.set_mapsize(2 * self.env.info()["map_size"] if full else 0)
            self.write(keys, rows)

    def find(self, keys: np.ndarray) -> Any:
        with self.env.begin(buffers=True) as transaction:
            yield from map(transaction.get, keys)


class Sqlite:
    def __init__(self, folder: Path, length: int, dtype: str, sync: str) -> None:
        self.db = sqlite3.connect(folder / "rows.db", timeout=60, isolation_level="IMMEDIATE")
        self.db.executescript(f"""PRAGMA page_size=65536; PRAGMA mmap_size=2147418112;
            PRAGMA journal_mode=WAL; PRAGMA synchronous={sync};
            CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, row BLOB)""")
        self.close = self.db.close

    def write(self, keys: np.ndarray, rows: np.ndarray) -> None:
        with self.db:
            self.db.executemany("INSERT INTO rows VALUES (?, ?)", zip(keys, rows, strict=True))

    def find(self, keys: np.ndarray) -> Any:
        for key in keys:
            row = self.db.execute("SELECT row FROM rows WHERE key = ?", (key,)).fetchone()
            yield row and row[0]


class Zarr:
    def __init__(self, folder: Path, length: int, dtype: str) -> None:
        import zarr

        group, size = zarr.open_group(folder), {"chunks": (1, length), "shards": (FLUSH, length)}
        if "keys" not in group:
            group.create_array("rows", shape=(0, length), dtype=dtype, compressors=None, **size)
            group.create_array("keys", shape=(0, 32), dtype="u1", chunks=(1024, 32))
        self.rows, self.keys = group["rows"], group["keys"]
        self.places = {key.tobytes(): place for place, key in enumerate(self.keys[:]) if key.any()}
        self.rows.resize((self.keys.shape[0], length))  # without what a kill left keyless
        self.close = self.places.clear

    def write(self, keys: np.ndarray, rows: np.ndarray) -> None:
        self.rows.append(rows)
        self.keys.append(np.frombuffer(b"".join(keys), "u1").reshape(-1, 32))

    def find(self, keys: np.ndarray) -> Any:
        known = [key for key in keys if key in self.places]
        rows = self.rows.oindex[np.array([self.places[key] for key in known], int)]
        return map(dict(zip(known, rows, strict=True)).get, keys)


class Arrow:
    def __init__(self, folder: Path, length: int, dtype: str, fsync: bool) -> None:
        import pyarrow

        self.arrow, self.folder, self.fsync = pyarrow, folder, fsync
        self.rows: dict[bytes, np.ndarray] = {}
        self.close = self.rows.clear
        for path in folder.glob("*.arrow"):
            batch = pyarrow.ipc.open_file(pyarrow.memory_map(str(path))).get_batch(0)
            rows = batch["row"].flatten().to_numpy().reshape(-1, length)
            self.rows.update(zip(batch["key"].to_pylist(), rows, strict=True))

    def write(self, keys: np.ndarray, rows: np.ndarray) -> None:
        values = self.arrow.FixedSizeListArray.from_arrays(rows.ravel(), rows.shape[1])
        columns = {"key": self.arrow.array(keys, self.arrow.binary(32)), "row": values}
        batch, path = self.arrow.record_batch(columns), self.folder / keys[0].hex()
        with path.open("wb", buffering=0) as file:
            with self.arrow.ipc.new_file(file, batch.schema) as writer:
                writer.write(batch)
            if self.fsync:
                os.fsync(file.fileno())
        path.rename(path.with_suffix(".arrow"))  # whole under this name, or not there

    def find(self, keys: np.ndarray) -> Any:
        return map(self.rows.get, keys)


ENGINES: dict[str, tuple[Any, dict[str, Any]]] = {  # all outlive a kill; a loss of power may ...
    "lmdb": (Lmdb, {}),  # take nothing
    "lmdb metasync=False": (Lmdb, {"metasync": False}),  # undo the last commit
    "lmdb sync=False": (Lmdb, {"sync": False}),  # ruin the file
    "sqlite FULL": (Sqlite, {"sync": "FULL"}),  # take nothing
    "sqlite NORMAL": (Sqlite, {"sync": "NORMAL"}),  # undo the latest commits
    "zarr": (Zarr, {}),  # ruin the latest rows, unseen
    "arrow fsync": (Arrow, {"fsync": True}),  # undo the latest commits
    "arrow": (Arrow, {"fsync": False}),  # ruin the latest files
}


def opened(case: str, engine: str, folder: str) -> Any:
    return ENGINES[engine][0](Path(folder), *CASES[case][1:], **ENGINES[engine][1])


def payload(case: str) -> tuple[np.ndarray, np.ndarray]:
    (count, length, dtype), noise = CASES[case], np.random.default_rng(0)
    keys = np.array([noise.bytes(32) for _ in range(count)], object)
    return keys, noise.random((count, length), np.float32).astype(dtype, copy=False)


def write(trial: list[str], share: slice, barrier: Any, marks: Any) -> None:
    store, (keys, rows) = opened(*trial), payload(trial[0])
    barrier.wait()
    marks[1] = monotonic()
    for at in range(0, len(keys), FLUSH)[share]:
        store.write(keys[at : at + FLUSH], rows[at : at + FLUSH])
        marks[0] += FLUSH
    store.close()
    marks[2] = monotonic()


def resident() -> np.ndarray:
    total, mapped = map(int, Path("/proc/self/statm").read_text().split()[1:3])
    return np.array([total - mapped, mapped]) * os.sysconf("SC_PAGESIZE") / 2**20


def read(trial: list[str], acknowledged: int) -> dict[str, float]:
    """Figures; damage is rows acknowledged but gone, and rows wrong once the rest was written."""
    (keys, rows), (count, length, dtype), store = payload(trial[0]), CASES[trial[0]], opened(*trial)
    disk = sum(path.stat().st_blocks for path in Path(trial[2]).rglob("*")) * 512 / rows.nbytes
    gone = np.array([row is None for row in store.find(keys)])
    if gone.any():
        store.write(keys[gone], rows[gone])
    store.close()
    order, figures = np.random.default_rng(1).permutation(count), {"disk": disk}
    for size, name in ((BATCH, "by 32/s"), (count, "at once/s")):
        memory, began = [resident()], monotonic()
        store = opened(*trial)
        reopened = monotonic() - began
        for some in np.split(order, count // size):
            found = (np.frombuffer(row, dtype) for row in store.find(keys[some]))
            batch = np.fromiter(found, (np.float32, length), size)
            memory.append(resident())
        figures[name] = count / (monotonic() - began)
        store.close()
        own, mapped = np.max(memory, axis=0) - memory[0]
        figures = {"reopen ms": 1e3 * reopened, "own MiB": own, "mapped MiB": mapped} | figures
    figures["damage"] = gone[:acknowledged].sum() + (batch != rows[order]).any(axis=1).sum()
    return figures


def run(case: str, engine: str, way: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder, ProcessPoolExecutor(1, mp_context=SPAWN) as reader:
        trial, writers = [case, engine, folder], 2 if way == "together" else 1
        opened(*trial).close()
        barrier = SPAWN.Barrier(writers + 1, timeout=120)
        marks = [SPAWN.RawArray("d", 3) for _ in range(writers)]  # rows, start, end
        shares = [(trial, slice(n, None, writers), barrier, mine) for n, mine in enumerate(marks)]
        children = [SPAWN.Process(target=write, args=share) for share in shares]
        for child in children:
            child.start()
        barrier.wait()
        if way == "killed":
            goal = random.randrange(CASES[case][0] // 2)
            while marks[0][0] <= goal:
                sleep(1e-4)
            flush = (monotonic() - marks[0][1]) * FLUSH / marks[0][0]
            sleep(random.uniform(0, 2 * flush))  # so that it falls anywhere within one
            children[0].kill()
        for child in children:
            child.join()
        os.sync()  # what is left to write must not slow what follows
        rows, starts, ends = zip(*marks, strict=True)
        figures = reader.submit(read, trial, int(sum(rows))).result()
    speed = {"write/s": sum(rows) / (max(ends) - min(starts)), "hits": ends[0] == 0}
    return {"case": case, "engine": engine, "way": way} | speed | figures


def summary(runs: list[dict[str, Any]]) -> pd.DataFrame:
    groups = pd.DataFrame(runs).groupby(["way", "case", "engine"])
    middle, total = groups.median(), groups.sum()
    table = middle.loc["alone"].drop(columns=["damage", "hits"])
    table["time of two"] = table["write/s"] / middle.loc["together", "write/s"]
    table["lost by two"] = total.loc["together", "damage"]
    table[["kills", "damaged"]] = total.loc["killed", ["hits", "damage"]]
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=os.devnull, help="where to keep the figures")
    path = parser.parse_args().json
    table = summary([run(*each) for _, *each in product(range(ROUNDS), CASES, ENGINES, WAYS)])
    sys.stdout.write(table.to_string(float_format="{:.3g}".format) + "\n")
    path.write_text(table.reset_index().to_json(orient="records", indent=1))


if __name__ == "__main__":
    main()
