"""A cache folder with one thing of each kind, and dates to choose."""

from __future__ import annotations

import os
import time
from pathlib import Path

from backbones.features.label import StoreLabel
from backbones.label import write_label
from ensemble.storage.label import MemberLabel

DAY = 24 * 3600

STORE = "features/" + "a" * 32
FIT, HEAD, LOOSE = ("heads/" + letter * 32 for letter in "bcd")
#: The second sorts before the first.
LABEL, OTHER_LABEL = (f"members/{letter * 32}.json" for letter in "ea")

RECORD = f"outputs/{'7' * 32}.json"

#: All that a cache may hold, each with its bytes.
FILES = {
    f"{STORE}/data.mdb": 5000,
    f"{STORE}/lock.mdb": 100,
    FIT: 400,
    f"{HEAD}/head.skops": 30,
    f"{HEAD}/network.keras": 300,
    LOOSE: 77,
    f"predictions/{'1' * 32}/data.mdb": 11,
    f"packs/{'2' * 64}/members/a/head.skops": 22,
    f"networks/{'3' * 32}.xml": 33,
    f"networks/{'3' * 32}.bin": 44,
    f"networks/{'4' * 64}.json": 55,
    "networks/compiled/123.blob": 66,
    "digests/data.mdb": 88,
    "remote/data.mdb": 8,
    f"downloads/{'9' * 64}": 9,
    f"hashes/{'7' * 32}/data.mdb": 7,
    f"appearance/{'a' * 32}/data.mdb": 7,
    f"copies/{'8' * 32}.npz": 8,
    f"pictures/{'5' * 32}.png": 99,
    f"probe/{'6' * 32}.png": 9,
    RECORD: 6,
    f"heads/{'6' * 32}.77.partial": 9,
}


def fill(cache: Path, files: dict[str, int] = FILES) -> Path:
    for name, size in files.items():
        path = cache / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    return cache


def label_store(
    cache: Path,
    name: str = "tiny",
    store: str = STORE,
    precision: str = "float32",
    tile: tuple[int, int] | None = None,
) -> None:
    label = StoreLabel(
        name=name,
        network="MobileNet",
        weights="random",
        size=(32, 48),
        layers=(),
        pooling="avg",
        precision=precision,
        tile=tile,
        length=1234,
        dtype="float32",
        fingerprint="f" * 64,
    )
    write_label(cache / store / "about.json", label)


def label_fits(cache: Path, name: str, *fits: str, label: str = LABEL) -> None:
    names = tuple(Path(fit).name for fit in fits)
    content = MemberLabel(name=name, head="svr", target="sqrt", backbone="f" * 64, fits=names)
    write_label(cache / label, content)


def date(cache: Path, days_ago: float, *names: str) -> None:
    """Sets the dates of files and folders and all that is in them; of everything by default."""
    moment = time.time() - days_ago * DAY
    for path in [cache / name for name in names] or [cache]:
        for one in [path, *(path.rglob("*") if path.is_dir() else ())]:
            os.utime(one, (moment, moment), follow_symlinks=False)


def places(cache: Path) -> set[str]:
    """Names of all files."""
    return {path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file()}
