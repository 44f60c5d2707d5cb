"""The file of a pack: what is refused before anything of it is used."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backbones.engines.openvino import is_whole, seal_network
from backbones.errors import InputError
from backbones.networks.backbone import Backbone
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights
from ensemble.runs import pack as packs
from ensemble.runs.folder import RunFolder, RunWriter
from ensemble.runs.pack import open_pack, write_pack
from ensemble.runs.unpacking import CONTENTS
from ensemble.storage.outputs import Outputs

Change = Callable[[dict[str, bytes], dict[str, Any]], Any]


#: A converted network in a pack.
BIN = f"networks/{'0' * 32}.bin"


def run(folder: Path) -> RunFolder:
    writer = RunWriter(folder, "key")
    writer.text("config.yaml", "backbones: []")
    return writer.close()


def backbone(folder: Path) -> Backbone:
    weights = folder / "a.keras"
    weights.write_bytes(b"weights")
    spec = BackboneSpec(name="one", model=str(weights), preprocessing="tf")
    return Backbone(spec, (8, 8), ((1, 1, 3),), Weights("file", "0f" * 32, weights), "3.0")


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    network = tmp_path / Path(BIN).with_suffix(".xml").name
    network.write_bytes(b"<net/>")
    network.with_suffix(".bin").write_bytes(b"\1\2")
    files, out = run(tmp_path / "run"), tmp_path / "a.pack"
    write_pack(
        files,
        [backbone(tmp_path)],
        [network],
        ["light", "photo, or name"],
        out,
        Outputs(tmp_path / "records"),
    )
    return out


def test_its_files_are_unpacked_once(packed: Path, tmp_path: Path) -> None:
    pack = open_pack(packed, tmp_path / "cache")
    assert pack.keras_version == "3.0"
    weights = pack.folder / "weights" / f"{'0f' * 16}.keras"
    assert weights.read_bytes() == b"weights"
    assert pack.settings == [f'backbones.one.model="{weights}"', f'cache_dir="{pack.folder}"']
    assert (pack.folder / BIN).read_bytes() == b"\1\2"
    assert Path(str(pack.sample)).read_text() == 'light,"photo, or name"\n0,0\n'
    assert (pack.run / "config.yaml").read_text() == "backbones: []"
    made = (pack.run / "config.yaml").stat().st_ino
    assert open_pack(packed, tmp_path / "cache") == pack
    assert (pack.run / "config.yaml").stat().st_ino == made
    assert [one.name for one in pack.folder.parent.iterdir()] == [pack.folder.name]


def test_a_network_that_was_converted_beside_its_own_is_not_sealed_again(
    packed: Path, tmp_path: Path
) -> None:
    networks = open_pack(packed, tmp_path / "cache").folder / "networks"
    converted = networks / f"{'b' * 32}.xml"
    converted.write_text("<net/>")
    converted.with_suffix(".bin").write_bytes(bytes(100))
    seal_network(converted)
    converted.with_suffix(".bin").write_bytes(bytes(99) + b"\1")  # damaged
    (networks / f"{'c' * 32}.123.xml").write_text("<net/>")  # left by a kill
    open_pack(packed, tmp_path / "cache")
    assert not is_whole(converted)
    assert is_whole(networks / f"{'0' * 32}.xml")


def test_a_pack_that_the_machine_refuses_to_read_stays(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = open_pack(packed, tmp_path / "cache").folder / "features"
    computed.mkdir()

    def refuse(path: Path) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))

    monkeypatch.setattr(packs, "describe", refuse)
    with pytest.raises(OSError, match="Too many open files"):
        open_pack(packed, tmp_path / "cache")
    assert computed.is_dir()


def rewritten(packed: Path, change: Change, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(packed) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    contents = json.loads(members.pop(CONTENTS))
    change(members, contents)
    out = packed.with_name("changed.pack")
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.writestr(CONTENTS, json.dumps(contents))
        for name, content in members.items():
            archive.writestr(name, content)
    return out


def put(name: str, content: bytes = b"x") -> Change:
    def change(members: dict[str, bytes], contents: dict[str, Any]) -> None:
        members[name] = content
        contents["files"][name] = {"bytes": len(content), "sha256": ""}

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda members, _: members.update({BIN: b"\1\3"}),
            f"{BIN}: other content",
        ),
        (
            lambda members, _: members.update({BIN: b"123"}),
            "has 3 bytes, not 2",
        ),
        (
            lambda members, _: members.pop(BIN),
            f"{BIN}: is missing",
        ),
        (lambda members, _: members.update({"extra": b""}), "extra: is not listed"),
        (put("predictions/p/data.mdb"), "predictions/p/data.mdb: has no place in a pack"),
        (put("networks/compiled/1.blob"), "compiled/1.blob: has no place in a pack"),
        (put("../out"), r"\.\./out: leads out of the pack"),
        (put("/etc/x"), "/etc/x: leads out of the pack"),
        (put("run/a/../../../x"), "leads out of the pack"),
        (put("run//x"), "leads out of the pack"),
        (put("C:x"), "leads out of the pack"),
        (lambda _, contents: contents.update(format=2), "of format 2, .* a newer version"),
        (lambda _, contents: contents.pop("format"), "no sound pack.json"),
        (lambda _, contents: contents.pop("weights"), "no sound pack.json"),
        (lambda _, contents: contents.update(files=[]), "no sound pack.json"),
        (lambda _, contents: contents["weights"].update(x="/etc/passwd"), "no sound pack.json"),
        (
            lambda _, c: c["files"][BIN].update(bytes=10**12),
            "larger than itself",
        ),
    ],
)
def test_a_file_that_is_not_as_it_was_packed(
    packed: Path, tmp_path: Path, change: Change, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        open_pack(rewritten(packed, change), tmp_path / "cache")
    assert not list((tmp_path / "cache" / "packs").iterdir())
    assert not (tmp_path / "out").exists()


def test_what_could_grow_when_it_is_read_is_refused(packed: Path, tmp_path: Path) -> None:
    bomb = rewritten(packed, put("networks/zeros.bin", bytes(10**6)), zipfile.ZIP_DEFLATED)
    with pytest.raises(InputError, match=r"networks/zeros\.bin: is compressed"):
        open_pack(bomb, tmp_path / "cache")


@pytest.mark.parametrize("length", [0, 10, -40])
def test_a_file_cut_short_is_no_pack(packed: Path, tmp_path: Path, length: int) -> None:
    packed.write_bytes(packed.read_bytes()[:length])
    with pytest.raises(InputError, match="neither a run's folder nor a whole pack"):
        open_pack(packed, tmp_path / "cache")
