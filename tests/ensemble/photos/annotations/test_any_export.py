"""Files that a disk, an editor or another program has spoilt: an error of ours, or some objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbones.errors import InputError
from tests.ensemble.photos.annotations.exports import EXPORTS, draw, read, write
from tests.examples import few, in_time, many

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(tmp_path_factory.mktemp("photos"))


def places(content: Any) -> Iterator[tuple[Any, Any]]:
    """Each container within a document, and a key of it."""
    keys = content if isinstance(content, dict) else range(len(content))
    for key in keys:
        yield content, key
        if isinstance(content[key], (dict, list)):
            yield from places(content[key])


def check_values(photos: Path, form: str, data: st.DataObject) -> None:
    """Other values in a document are a mistake, or leave some objects."""
    path, files = EXPORTS[form]
    content = json.loads(files[path])
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(list(places(content))))
        container[key] = data.draw(VALUES)
    (photos / path).write_text(json.dumps(content))
    with suppress(InputError), in_time():
        assert len(read(photos, form, path)) <= 3


def check_pieces(photos: Path, form: str, data: st.DataObject) -> None:
    """Likewise, other bytes in a file."""
    path, files = EXPORTS[form]
    name = data.draw(st.sampled_from(sorted(files)))
    text = files[name].encode()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    piece = data.draw(st.binary(max_size=6) | st.sampled_from([b"-1", b"nan", b"<", b"]", b"&x;"]))
    write(photos, files)
    (photos / name).write_bytes(text[:start] + piece + text[end:])
    with suppress(InputError), in_time():
        assert len(read(photos, form, path)) <= 3


VALUED = pytest.mark.parametrize("form", ["coco", "label_studio"])

ANY = pytest.mark.parametrize("form", EXPORTS)


@VALUED
@few
@given(data=st.data())
def test_any_value_in_place_of_another(photos: Path, form: str, data: st.DataObject) -> None:
    check_values(photos, form, data)


@ANY
@few
@given(data=st.data())
def test_any_piece_in_place_of_another(photos: Path, form: str, data: st.DataObject) -> None:
    check_pieces(photos, form, data)


@pytest.mark.slow
@VALUED
@many
@given(data=st.data())
def test_any_value_for_long(photos: Path, form: str, data: st.DataObject) -> None:
    check_values(photos, form, data)


@pytest.mark.slow
@ANY
@many
@given(data=st.data())
def test_any_piece_for_long(photos: Path, form: str, data: st.DataObject) -> None:
    check_pieces(photos, form, data)
