"""Files of heads that somebody made to do harm: nothing of theirs is imported or called."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from backbones.errors import InputError
from ensemble.heads import load
from ensemble.heads.canonical import read_zip, write_zip


@pytest.fixture
def head(tmp_path: Path) -> Path:
    fitted = LinearRegression().fit(np.eye(3), np.arange(3.0))
    skops.io.dump(fitted, tmp_path / "head.skops")
    return tmp_path / "head.skops"


def with_attribute(head: Path, node: dict[str, Any]) -> None:
    """Puts a node of skops's schema in the place of the coefficients."""
    members = read_zip(head.read_bytes())
    schema = json.loads(members["schema.json"])
    schema["content"]["content"]["coef_"] = node
    head.write_bytes(write_zip({**members, "schema.json": json.dumps(schema).encode()}))


def node(loader: str, module: str, name: str, content: Any = None) -> dict[str, Any]:
    return {"__loader__": loader, "__module__": module, "__class__": name, "content": content}


TEXT = node("JsonNode", "builtins", "str", '"touch broken-into"') | {"is_json": True}
ARGUMENTS = node("TupleNode", "builtins", "tuple", [TEXT])

CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "function": (node("FunctionNode", "os", "system"), "os.system"),
    "function of builtins": (node("FunctionNode", "builtins", "eval"), "builtins.eval"),
    "type": (node("TypeNode", "subprocess", "Popen"), "subprocess.Popen"),
    "object": (node("ObjectNode", "subprocess", "Popen", ARGUMENTS), "subprocess.Popen"),
    "dict": (
        {
            **node("DictNode", "broken", "Into", {}),
            "key_types": node("ListNode", "builtins", "list", []),
        },
        "broken.Into",
    ),
    "list": (node("ListNode", "broken", "into", []), "broken.into"),
    "foreign module": (node("FunctionNode", "broken", "into"), "broken.into"),
    "partial": (
        node(
            "PartialNode",
            "functools",
            "partial",
            {
                "func": node("FunctionNode", "os", "system"),
                "args": ARGUMENTS,
                "kwds": node("DictNode", "builtins", "dict", {})
                | {"key_types": node("ListNode", "builtins", "list", [])},
                "namespace": node("JsonNode", "builtins", "str", "null") | {"is_json": True},
            },
        ),
        "os.system",
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_call_in_a_head_is_refused_by_its_name(
    head: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = head.parent / "place"
    place.mkdir()
    (place / "broken.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(place)
    monkeypatch.chdir(place)
    called, name = CALLS[case]
    with_attribute(head, called)
    with pytest.raises(InputError, match=rf"head\.skops asks for .*{name}.*; do not use the file"):
        load(head.parent)
    assert "broken" not in sys.modules
    assert [path.name for path in place.iterdir()] == ["broken.py"]


def test_a_head_that_unfolds_is_refused(head: Path) -> None:
    members = read_zip(head.read_bytes())
    with zipfile.ZipFile(head, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**members, "zeros.npy": bytes(10**7)}.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match=r"head\.skops is not a head .* in it is compressed"):
        load(head.parent)


def test_members_that_share_their_bytes_are_refused(head: Path) -> None:
    data = bytearray(head.read_bytes())
    at = data.index(b"PK\1\2")
    data[at + 20 : at + 28] = (10**9).to_bytes(4, "little") * 2
    head.write_bytes(data)
    with pytest.raises(InputError, match=r"head\.skops is not a head .* bytes claim to hold 1,000"):
        load(head.parent)


@pytest.mark.parametrize("shape", ["(10000000000000,)", "(-1,)", "(3", "([], )"])
def test_an_array_of_absurd_shape_is_refused(head: Path, shape: str) -> None:
    members = read_zip(head.read_bytes())
    name, *_ = [name for name, content in members.items() if b"'shape': (3,)" in content]
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    array = b"\x93NUMPY\x01\x00\x76\x00" + header.encode() + bytes(24)
    head.write_bytes(write_zip({**members, name: array}))
    with pytest.raises(InputError, match=r"head\.skops is not a head that can be read"):
        load(head.parent)


def test_objects_in_an_array_are_refused(head: Path) -> None:
    members = read_zip(head.read_bytes())
    name, *_ = [name for name, content in members.items() if b"'shape': (3,)" in content]
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + "\n"
    pickled = b"cbuiltins\nexit\n(tR."
    members[name] = b"\x93NUMPY\x01\x00\x76\x00" + header.encode() + pickled
    head.write_bytes(write_zip(members))
    with pytest.raises(InputError, match=r"head\.skops is not a head .*allow_pickle=False"):
        load(head.parent)


def test_a_schema_without_end_is_refused(head: Path) -> None:
    members = read_zip(head.read_bytes())
    head.write_bytes(write_zip({**members, "schema.json": b"[" * 100_000}))
    with pytest.raises(InputError, match=r"head\.skops is not a head that can be read"):
        load(head.parent)
