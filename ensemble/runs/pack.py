"""A run in one file, with all that its networks need: written, checked and unpacked.

A pack is a zip file, stored, of

- ``run/``: the files of the run;
- ``weights/``: the files of weights, and saved networks, by their digest;
- ``networks/``: the networks as OpenVINO runs them, where it is the engine of the run;
- ``sample_submission.csv``: the columns of the sample submission, where there is one, and a row;
- ``pack.json``: its format, and the size and SHA-256 of every other file.

It is unpacked once, into the cache. Nothing of it is executed, and nothing computed with its
networks is kept outside of its folder, where it would pass for the user's own.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from backbones.disk.discard import MISPLACED, discard
from backbones.engines.openvino import is_sealed, seal_network
from backbones.errors import InputError, first_ten
from backbones.files import hash_file, temporary_folder
from backbones.networks.backbone import Backbone
from backbones.places import check_folder
from ensemble.config.config import CACHE_DIR
from ensemble.runs.folder import RunFolder
from ensemble.runs.manifest import MANIFEST
from ensemble.runs.unpacking import CONTENTS, FORMAT, describe, read_contents, unpack
from ensemble.storage.outputs import Outputs

_OUT = "the pack"

RUN, WEIGHTS, NETWORKS, SAMPLE = "run", "weights", "networks", "sample_submission.csv"


@dataclass(frozen=True)
class Pack:
    """An unpacked pack."""

    folder: Path  #: also the cache of what its networks compute
    weights: Mapping[str, str]  #: key of the config -> the file that it names, below the folder
    keras_version: str | None  #: of the Keras that has built its converted networks, if it has any

    @property
    def run(self) -> Path:
        """The folder of its run."""
        return self.folder / RUN

    @property
    def sample(self) -> str | None:
        """A sample submission with the columns of the run's."""
        path = self.folder / SAMPLE
        return str(path) if path.is_file() else None

    @property
    def settings(self) -> list[str]:
        """What differs from the config of the run, for ``read_experiment``."""
        files = {**self.weights, "cache_dir": "."}
        return [f"{key}={json.dumps(str((self.folder / f).resolve()))}" for key, f in files.items()]


def write_pack(
    files: RunFolder,
    backbones: Sequence[Backbone],
    networks: Sequence[Path],
    sample: Sequence[str],
    out: Path,
    outputs: Outputs,
) -> str:
    """Write a run into one file; the same run and networks have the same bytes.

    Parameters
    ----------
    networks : sequence of Path
        What OpenVINO runs of the run, ``.xml`` with ``.bin`` beside it.
    sample : sequence of str
        The columns of the sample submission, if there is one.
    outputs : Outputs
        Knows the packs that were written before.

    Returns
    -------
    str
        The SHA-256 (hex) of the file.

    Raises
    ------
    InputError
        Another file has come to lie at `out`.
    """
    identity = hash_file(files.path(MANIFEST))
    members: dict[str, Path] = {f"{RUN}/{file}": files.path(file) for file in files.files}
    members[f"{RUN}/{MANIFEST}"] = files.path(MANIFEST)
    weights = {}
    for one in backbones:
        if one.weights.path is not None:
            key = f"backbones.{one.name}.{'model' if one.spec.model is not None else 'weights'}"
            weights[key] = f"{WEIGHTS}/{one.weights.digest[:32]}{_suffix(one.weights.path)}"
            members[weights[key]] = one.weights.path
    for network in networks:
        for part in (network, network.with_suffix(".bin")):
            members[f"{NETWORKS}/{part.name}"] = part
    with temporary_folder() as folder, _own(files, out, outputs).write(out, _OUT) as partial:
        if sample:
            members[SAMPLE] = folder / SAMPLE
            pd.DataFrame([dict.fromkeys(sample, 0)]).to_csv(members[SAMPLE], index=False)
        listed = {name: describe(path) for name, path in sorted(members.items())}
        content = {
            "format": FORMAT,
            "run": identity,
            "keras": backbones[0].keras_version if networks else None,
            "weights": weights,
            "files": listed,
        }
        _write_zip(partial, json.dumps(content, indent=2, ensure_ascii=False), members)
        return hash_file(partial)


def _own(files: RunFolder, out: Path, outputs: Outputs) -> Outputs:
    """What may be written over at `out`: a pack of this run may, wherever it comes from."""
    same = out.is_file() and _identity(out) == hash_file(files.path(MANIFEST))
    return replace(outputs, force=True) if same else outputs


def check_pack_place(files: RunFolder, out: Path, outputs: Outputs) -> None:
    """Look, before anything is converted, whether a pack can be written at `out`.

    Raises
    ------
    InputError
        It cannot, or another file lies there.
    """
    if files.holds(out):
        raise InputError(f"{out} is a file of the run, which would be damaged; name a new file")
    _own(files, out, outputs).check(out, _OUT)


def open_pack(file: Path, cache: Path) -> Pack:
    """The pack of a file, unpacked into a folder of the cache named by its digest.

    Raises
    ------
    InputError
        The file is no pack, a newer version's, or damaged; or its folder has changed since.
    """
    check_folder(cache, CACHE_DIR)
    folder = cache / "packs" / hash_file(file)[:32]
    if folder.exists() and (change := _change(folder)):
        discard(folder, change)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(folder.parent) as partial:
            unpack(file, partial / "pack")
            try:
                (partial / "pack").rename(folder)
            except OSError:  # another process was faster
                if not folder.is_dir():
                    raise
    content = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    # Those that it brought were checked above, and no others: what was converted here is sealed by
    # whom it was converted.
    for name in content["files"]:
        network = folder / name
        is_network = name.startswith(f"{NETWORKS}/") and network.suffix == ".xml"
        is_network &= f"{NETWORKS}/{network.stem}.bin" in content["files"]
        if is_network and not is_sealed(network):
            seal_network(network)
    return Pack(folder, content["weights"], content["keras"])


def _change(folder: Path) -> str:
    """How a folder differs from what was unpacked into it; empty where it does not."""
    try:
        listed = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))["files"].items()
        changed = [
            name
            for name, entry in listed
            if not (folder / name).is_file() or describe(folder / name) != entry
        ]
    except (*MISPLACED, ValueError, KeyError, TypeError, AttributeError):
        changed = [CONTENTS]
    return f"other content: {', '.join(first_ten(changed))}" if changed else ""


def _suffix(weights: Path) -> str:
    """By which Keras tells the form of a file of weights."""
    return ".weights.h5" if weights.name.endswith(".weights.h5") else weights.suffix


def _write_zip(out: Path, contents: str, members: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_member(CONTENTS), contents.encode())
        for name, path in sorted(members.items()):
            member = _member(name)
            member.file_size = path.stat().st_size  # or it is taken for one below 2 GiB
            with path.open("rb") as source, archive.open(member, "w") as target:
                shutil.copyfileobj(source, target)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.create_system = 3  # else it is that of the machine
    return member


def _identity(file: Path) -> str:
    """The digest of the run that a pack holds; empty where the file is no pack."""
    try:
        with zipfile.ZipFile(file) as archive:
            return str(read_contents(archive, file)["run"])
    except (OSError, zipfile.BadZipFile, InputError, KeyError, RuntimeError):
        return ""
