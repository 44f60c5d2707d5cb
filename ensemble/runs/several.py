"""A run of several targets: a folder with a whole run of each, and an index that seals them.

The run of a target lies in ``targets/``, and is what a fit of that target alone would have left;
``targets.json`` says which folder is whose, and the SHA-256 of its manifest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from backbones.errors import InputError
from backbones.files import hash_file
from backbones.key import key
from ensemble.config.experiment import Experiment
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder, RunWriter, existing_files, open_run_folder, reopen
from ensemble.runs.lock import only_writer
from ensemble.runs.manifest import MANIFEST, is_outside
from ensemble.runs.record import CONFIG, LEADERBOARD, as_yaml, resolve_config

#: The folder of the targets' runs, and the file that says which is whose.
TARGETS, INDEX = "targets", "targets.json"

#: Of the name of a folder, in letters.
_LONGEST = 60


def folders_of(targets: Sequence[str]) -> dict[str, str]:
    """The folder of each target, below that of the run, whatever the columns are called.

    No two are one, even where a file system takes capital letters for small ones.

    >>> folders_of(["weight", "Weight", "length [cm]", "../.."])  # doctest: +NORMALIZE_WHITESPACE
    {'weight': 'targets/weight', 'Weight': 'targets/Weight-2', 'length [cm]': 'targets/length-cm',
     '../..': 'targets/target'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for target in targets:
        words = re.sub(r"[^\w-]+", "-", unicodedata.normalize("NFC", target))
        plain = words.strip("-_")[:_LONGEST] or "target"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.casefold())
        found[target] = f"{TARGETS}/{name}"
    return found


def run_name(folder: Path) -> str:
    """What a run is called among others: its folder's name, after that of all targets.

    >>> run_name(Path("runs/fish")), run_name(Path("runs/fish/targets/weight"))
    ('fish', 'fish/weight')
    """
    folder = folder.resolve()
    above = folder.parents[1].name if folder.parent.name == TARGETS else ""
    return f"{above}/{folder.name}" if above else folder.name


def is_of_several(files: RunFolder) -> bool:
    """Whether a run is one of several targets."""
    return INDEX in files.files


def check_index(folder: Path, force: bool) -> None:
    """Look whether the index can be written, before anything is computed.

    Raises
    ------
    InputError
        A file of somebody else has its name in the folder of a run, without `force`.
    """
    index = folder / INDEX
    if force or not (folder / MANIFEST).is_file() or not index.exists():
        return
    if INDEX not in existing_files(folder, force):
        raise InputError(
            f"{index} is a file of somebody else that the run of several targets would write over; "
            "move it, or say --force"
        )


def begin_targets(folder: Path, force: bool) -> None:
    """Mark a folder as a run that is being written, before those of the targets come into it."""
    with only_writer(folder):
        if not (folder / MANIFEST).is_file():
            RunWriter(folder, "", force)


def write_targets(
    experiment: Experiment, folder: Path, runs: Mapping[str, RunFolder], force: bool
) -> tuple[RunFolder, bool]:
    """Complete the run of several targets, once there is one of each.

    Returns it, and whether anything had changed since it was written before.
    """
    content = resolve_config(experiment)
    index = {
        target: {
            "folder": run.folder.relative_to(folder).as_posix(),
            "manifest": hash_file(run.path(MANIFEST)),
        }
        for target, run in runs.items()
    }
    origin = key([content, index])
    if (before := reopen(folder, origin)) is not None:
        return _whole(before, runs), False
    with only_writer(folder):
        writer = RunWriter(folder, origin, force)
        writer.text(CONFIG, as_yaml(content))
        writer.json(INDEX, index)
        writer.text(LEADERBOARD, _leaderboard(runs).to_csv(index=False))
        return _whole(writer.close(), runs), True


def open_targets(files: RunFolder) -> tuple[RunFolder, dict[str, RunFolder]]:
    """The run of several targets with the files of all, and that of each.

    Raises
    ------
    InputError
        One of them is missing, was changed, or is another than that of the fit of all.
    """
    runs = {}
    with named(files.path(INDEX)):
        entries: dict[str, Any] = files.json(INDEX)
        places = {target: str(entry["folder"]) for target, entry in entries.items()}
        digests = {target: str(entry["manifest"]) for target, entry in entries.items()}
        if any(is_outside(place) for place in places.values()):
            raise ValueError("it names folders outside of the run")
    for target, place in places.items():
        folder = files.path(place)
        if not (folder / MANIFEST).is_file():
            raise InputError(
                f"{files.folder} lacks the run of {target} in {place}; copy the whole run, or run "
                "the fit again"
            )
        if hash_file(folder / MANIFEST) != digests[target]:
            raise InputError(
                f"{folder} is another run than the fit of all targets left there; run that fit "
                "again"
            )
        runs[target] = open_run_folder(folder)
    return _whole(files, runs), runs


def refuse_several(files: RunFolder, command: str) -> None:
    """Raise an ``InputError`` for a run of several targets, where one is needed.

    `command` is what works with one of them, up to its folder.
    """
    if is_of_several(files):
        runs = open_targets(files)[1]
        ways = [f"{command} {run.folder}" for run in runs.values()]
        raise InputError(
            f"{files.folder} is of several targets ({', '.join(runs)}); take one of them:", ways
        )


def _whole(files: RunFolder, runs: Mapping[str, RunFolder]) -> RunFolder:
    """The run with the files of the targets' runs, none of which may be written over."""
    whole = dict(files.files)
    for run in runs.values():
        place = run.folder.relative_to(files.folder).as_posix()
        whole |= {f"{place}/{file}": digest for file, digest in run.files.items()}
        whole[f"{place}/{MANIFEST}"] = hash_file(run.path(MANIFEST))
    return RunFolder(files.folder, whole, files.format)


def _leaderboard(runs: Mapping[str, RunFolder]) -> pd.DataFrame:
    """The leaderboards of the targets, one below the other, with the column ``target`` before."""
    tables = []
    for target, run in runs.items():
        with named(run.path(LEADERBOARD)) as path:
            table = pd.read_csv(path, dtype=str, keep_default_na=False)  # each digit as it is
        table.insert(0, "target", target)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
