from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest

from backbones.errors import InputError
from backbones.networks.archive import check_weights, read_saved

DENSE = {"class_name": "Dense", "module": "keras.layers", "config": {"units": 1}}


def weights() -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["layers/dense/vars/0"] = [1.0, 2.0]
    return buffer.getvalue()


Members = dict[str, bytes]


def make(path: Path, change: Callable[[Members], object] = lambda _: None) -> Path:
    members: Members = {"metadata.json": b"{}", "config.json": json.dumps(DENSE).encode()}
    members["model.weights.h5"] = weights()
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def put(name: str, content: bytes) -> Callable[[Members], object]:
    return lambda members: members.update({name: content})


WRONG: list[tuple[Callable[[Members], object], str]] = [
    (put("../../evil.py", b"x"), "it holds the member '../../evil.py'"),
    (put("/etc/cron.d/x", b"x"), "the member '/etc/cron.d/x'"),
    (put("assets/vocabulary.txt", b"x"), "the member 'assets/vocabulary.txt'"),
    (put("config.json", b" " * (1 << 26) + b"{}"), "67,108,866 bytes of 'config.json' in "),
    (put("model.weights.h5", bytes(1 << 20)), "1,048,576 bytes of 'model.weights.h5' in "),
    (lambda members: members.pop("config.json"), "it holds no config.json"),
    (lambda members: members.pop("model.weights.h5"), "it holds no model.weights.h5"),
    (put("config.json", b"{"), "its config.json: Expecting property name"),
    (put("config.json", b"[" * 100_000), "its config.json: "),
    (put("config.json", b"\xff"), "its config.json: "),
    (put("config.json", b"[]"), "its config.json is no network"),
    (put("config.json", b'{"class_name": "Lambda"}'), "it holds Lambda, which runs Python code"),
    (put("model.weights.h5", b"none"), "model.weights.h5 is no whole file of weights"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_file_that_is_not_what_keras_writes_is_not_opened(
    change: Callable[[Members], object], message: str, tmp_path: Path
) -> None:
    path = make(tmp_path / "net.keras", change)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_saved(path)
    assert str(path) in str(caught.value)


def test_a_whole_file_says_its_layers_and_the_size_of_its_weights(tmp_path: Path) -> None:
    saved = read_saved(make(tmp_path / "net.keras"))
    assert saved.layers == DENSE
    assert saved.stored == 16


def test_a_member_twice_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "net.keras")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", "{}")
    with pytest.raises(InputError, match=r"holds the member 'config\.json' twice"):
        read_saved(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"\x89HDF\r\n\x1a\n"])
def test_what_is_no_zip_file_is_said(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"net\.keras cannot be opened: no whole \.keras file"):
        read_saved(path)


def test_every_kind_of_weights_is_looked_through(tmp_path: Path) -> None:
    whole = make(tmp_path / "a.keras")
    check_weights(whole)
    for name in ("a.h5", "a.weights.h5"):
        path = tmp_path / name
        path.write_bytes(weights())
        check_weights(path)
        path.write_bytes(weights()[:100])
        with pytest.raises(InputError, match="is no whole file of weights"):
            check_weights(path)
    with pytest.raises(InputError, match=r"a\.weights\.json must end in"):
        check_weights(tmp_path / "a.weights.json")
