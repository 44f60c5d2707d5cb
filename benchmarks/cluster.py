"""What a Ray cluster costs and gives: `python -m benchmarks.cluster`.

An hour on 2 cores. From files to stored features, on threads and on a Ray of this machine in turns,
with as many cores; then the pieces of a run, and from them hours and cost of larger ones. A worker
is a machine of so many cores; the driver is one process. Where nodes share no files it reads, sends
and writes; where they do (parallel.shared), it names photos and is told of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from backbones.cluster.extraction import SHARD, RayExtraction
from backbones.cluster.session import Cluster
from backbones.cluster.worker import Found, SentPhoto
from backbones.features.extract import BLOCK, Extract, extract
from backbones.features.store import FeatureStore
from backbones.files import read_file
from backbones.networks.backbone import Backbone, resolve
from backbones.parallel import map_in_order
from backbones.photos.digests import compute_digests
from backbones.progress import Silent
from benchmarks.driver_queue import photos_a_second
from benchmarks.report import parser, show
from benchmarks.workload import NETWORKS, backbones, photos, seconds

TASKS = 10_000
RATE = "a core, a second"
OF_DRIVER, OF_SHARED = "ms of the driver", "ms of the driver, shared"
MILLIONS, WORKERS = (1, 10, 100), (1, 10, 100)


def main() -> None:
    made = parser(__doc__, photos=4000, rounds=5)
    made.add_argument("--networks", nargs="+", default=NETWORKS, help="of keras.applications")
    made.add_argument("--side", type=int, default=224, help="of the input (default: %(default)s)")
    made.add_argument(
        "--tasks", type=int, default=TASKS, help="without work (default: %(default)s)"
    )
    made.add_argument("--cores", type=int, default=16, help="of a worker (default: %(default)s)")
    made.add_argument(
        "--price", type=float, default=0.04, help="of a core for an hour (default: %(default)s)"
    )
    asked = made.parse_args()
    with TemporaryDirectory() as folder, Cluster("local") as cluster:
        cache = Path(folder) / "cache"
        paths = photos(Path(folder) / "photos", asked.photos)
        selected = backbones(cache, asked.networks, asked.side)
        starting = seconds(lambda: cluster.ray)
        overhead = _overhead(paths, selected, cache, cluster, asked.rounds)
        maps = _maps(paths[: max(BLOCK, asked.photos // 8)], asked, cache, cluster)
        pieces = _pieces(paths, selected, Path(folder) / "pieces", cluster, asked.tasks)
    rows = [*overhead, *maps, _row("Ray's start", starting, "s"), *pieces]
    show(rows, asked.json)
    values = {one["what"]: float(one["value"]) for one in rows}
    table = []
    for files, unit, block in (("sent", OF_DRIVER, BLOCK), ("shared", OF_SHARED, SHARD)):
        driver = sum(float(one["value"]) for one in pieces if one["unit"] == unit) / 1e3
        for row in _table(values[RATE], driver, block, asked.cores, asked.price):
            table.append({"files": files, **row})
    show(table, None)


def _overhead(
    paths: Sequence[Path], selected: list[Backbone], cache: Path, cluster: Cluster, rounds: int
) -> list[dict[str, Any]]:
    """Seconds on threads and on Ray in turns, the networks converted before."""
    ways: dict[str, Extract] = {"threads": extract, "ray": RayExtraction(cluster)}
    files = {one: [path] for one, path in zip(compute_digests(paths), paths, strict=True)}
    few = dict(list(files.items())[: 2 * BLOCK])
    began = {}
    for name, way in ways.items():
        _anew(way, few, selected, cache)
        began[name] = seconds(lambda way=way: _anew(way, few, selected, cache))
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            took[name].append(seconds(lambda way=way: _anew(way, files, selected, cache)))
    found = []
    for name, times in took.items():
        found.append(_row(f"{name}, {len(files):,} photos", median(times), "s"))
        found.append(_row(f"{name}, {len(few)} photos", began[name], "s"))
    # What it takes to begin plays no part in long runs.
    longer = max(median(took["ray"]) - began["ray"], 1e-9)
    rate = (len(files) - len(few)) / longer / cluster.machines.cores
    ratio = median(took["ray"]) / median(took["threads"])
    return [*found, _row("ray", ratio, "times threads"), _row(RATE, rate, "photos")]


def _maps(paths: Sequence[Path], asked: Any, cache: Path, cluster: Cluster) -> list[dict[str, Any]]:
    """Whole maps, written by the workers, in one file and in shards, and by the driver."""
    spec = backbones(cache, asked.networks[:1], asked.side)[0].spec
    selected = resolve([spec.model_copy(update={"pooling": "none", "name": "maps"})], cache)
    files = {one: [path] for one, path in zip(compute_digests(paths), paths, strict=True)}
    machines, found = cluster.machines, []
    ways = (("workers", machines.node, False), ("workers, in shards", machines.node, True))
    for name, node, cluster.shared in (*ways, ("the driver", None, False)):
        cluster.machines = replace(machines, node=node)
        way = RayExtraction(cluster)
        _anew(way, dict(list(files.items())[:BLOCK]), selected, cache)
        took = seconds(lambda way=way: _anew(way, files, selected, cache))
        size = selected[0].length * np.dtype(selected[0].dtype).itemsize
        found.append(_row(f"maps written by {name}", len(paths) / took, "photos a second"))
    cluster.machines = machines
    return [*found, _row("maps of a photo", size, "bytes")]


def _pieces(
    paths: Sequence[Path], selected: Sequence[Backbone], folder: Path, cluster: Cluster, tasks: int
) -> list[dict[str, Any]]:
    ray, count = cluster.ray, len(paths)
    contents = [read_file(path) for path in paths]
    blocks = [contents[start : start + BLOCK] for start in range(0, count, BLOCK)]
    reading = seconds(lambda: list(map_in_order(read_file, paths)))
    sending = seconds(lambda: [ray.put(block) for block in blocks])
    nothing = ray.remote(_nothing)
    ray.get([nothing.remote() for _ in range(100)])
    empty = seconds(lambda: ray.get([nothing.remote() for _ in range(tasks)]))
    rows = [
        _row(f"a task of {tasks:,}", 1e3 * empty / tasks, "ms"),
        _row("reading a photo", 1e3 * reading / count, OF_DRIVER),
        _row("sending a photo", 1e3 * sending / count, OF_DRIVER),
        _row("writing a photo", 1e3 * _writing(selected, folder, count) / count, OF_DRIVER),
        _row("naming a photo", 1e3 * _naming(paths, selected, ray) / count, OF_SHARED),
        _row("a photo", sum(map(len, contents)) / count, "bytes"),
    ]
    for one in selected:
        size = one.length * np.dtype(one.dtype).itemsize
        rows.append(_row(f"a row of {one.name}", size, "bytes"))
    return rows


def _writing(selected: Sequence[Backbone], folder: Path, count: int) -> float:
    """Seconds that the driver takes to write rows of so many photos for all backbones."""
    keys = [f"{number:064x}" for number in range(count)]
    took = 0.0
    for one in selected:
        store = FeatureStore(folder / one.name, one.length, one.dtype)
        rows = np.random.default_rng(0).normal(size=(BLOCK, one.length)).astype(one.dtype)

        def write(store: FeatureStore = store, rows: Any = rows) -> None:
            for start in range(0, count, BLOCK):
                some = keys[start : start + BLOCK]
                store.write(some, rows[: len(some)])

        took += seconds(write)
        store.close()
    return took


def _naming(paths: Sequence[Path], selected: Sequence[Backbone], ray: Any) -> float:
    """Seconds that the driver takes to name photos to workers, and to be told which are done."""
    jobs = frozenset(range(len(selected)))
    sent = [
        SentPhoto(f"{number:064x}", (path,), {path: path.absolute()}, jobs)
        for number, path in enumerate(paths)
    ]
    blocks = [sent[start : start + SHARD] for start in range(0, len(sent), SHARD)]
    task = ray.remote(_answer)

    def name() -> None:
        for ref in [task.remote(block, len(selected)) for block in blocks]:
            ray.get(ref)

    name()  # the first time, workers import what they need
    return median(seconds(name) for _ in range(5))


def _answer(photos: Sequence[SentPhoto], passes: int) -> Found:
    """What a worker says that has written all rows itself."""
    keys = [one.digest for one in photos]
    return Found((((keys, None),),) * passes, {}, frozenset(), "")


def _table(
    rate: float, driver: float, block: int, cores: int, price: float
) -> list[dict[str, Any]]:
    """Hours and cost by photos and workers; the queue of the driver, simulated, says the rate."""
    rows = []
    for workers in WORKERS:
        actors = workers * cores
        offered, limit = actors * rate, 1 / driver
        simulated = photos_a_second(actors, block / rate, block * driver, block)
        for millions in MILLIONS:
            hours = millions * 1e6 / simulated / 3600
            rows.append(
                {
                    "workers": workers,
                    "million photos": millions,
                    "photos a second": simulated,
                    "workers alone": offered,
                    "driver alone": limit,
                    "limit": "workers" if offered < limit else "driver",
                    "hours": hours,
                    "cost": hours * actors * price,
                }
            )
    return rows


def _anew(
    way: Extract, files: dict[str, list[Path]], selected: list[Backbone], cache: Path
) -> None:
    shutil.rmtree(cache / "features", ignore_errors=True)
    way(files, selected, cache, "openvino", Silent())


def _row(what: str, value: float, unit: str) -> dict[str, Any]:
    return {"what": what, "value": value, "unit": unit}


def _nothing() -> None:
    return None


if __name__ == "__main__":
    main()
