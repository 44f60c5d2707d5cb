"""Time and peak memory over the number of photos: `python -m benchmarks.scaling`.

Two minutes on 2 cores, Linux. MobileNetV2 at 224 x 224 over real photos, which are repeated with
other bytes where there are too few. Each number of photos has a process of its own, and reads
every file before it is timed, so that no disk is measured. The straight line is that of least
squares through the seconds; what it starts with is the loading of the network.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from backbones.networks.backbone import Backbone
from benchmarks.report import parser, show
from benchmarks.workload import backbones, features_anew, photos


def run(paths: list[Path], selected: list[Backbone], cache: Path) -> tuple[float, float]:
    """Seconds, and the peak of resident memory in MiB."""
    for path in paths:
        path.read_bytes()
    began = perf_counter()
    features_anew(paths, selected, cache, "openvino")
    took = perf_counter() - began
    # getrusage would give the peak of the parent too, whose process this was before it began.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return took, int(status["VmHWM"].removesuffix("kB")) / 2**10


def main() -> None:
    made = parser(__doc__, photos=8000, rounds=1)
    made.add_argument("--network", default="MobileNetV2")
    made.add_argument("--side", type=int, default=224, help="of the input (default: %(default)s)")
    asked = made.parse_args()
    counts = [asked.photos // part for part in (8, 4, 2, 1)]
    with TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        paths = photos(Path(folder) / "photos", asked.photos)
        selected = backbones(cache, [asked.network], asked.side)
        found: dict[int, list[tuple[float, float]]] = {count: [] for count in counts}
        spawn = get_context("spawn")
        with ProcessPoolExecutor(1, spawn) as first:
            first.submit(run, paths[:8], selected, cache).result()  # converts the network
        for _ in range(asked.rounds):
            for count in counts:
                with ProcessPoolExecutor(1, spawn) as alone:
                    found[count].append(alone.submit(run, paths[:count], selected, cache).result())
    times = {count: median(took for took, _ in found[count]) for count in counts}
    peaks = {count: median(peak for _, peak in found[count]) for count in counts}
    line = np.polynomial.Polynomial.fit(counts, list(times.values()), 1)
    show(
        [
            {
                "photos": count,
                "seconds": times[count],
                "ms a photo": 1e3 * times[count] / count,
                "to a straight line": times[count] / float(line(count)),
                "peak, MiB": peaks[count],
                "peak to the first": peaks[count] / peaks[counts[0]],
            }
            for count in counts
        ],
        asked.json,
    )


if __name__ == "__main__":
    main()
