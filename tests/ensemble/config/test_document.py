"""YAML that is made to exhaust time or memory, or to run code."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ensemble.config.document import DEPTH, SIZE, VALUES, ConfigError, brief, parse
from ensemble.config.experiment import resolve_experiment
from ensemble.config.settings import read_config


def laughs(levels: int, more: str = "") -> str:
    """Ten of what is before, and so on: ten to the power of `levels`."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join([*lines, more])


def merges(levels: int) -> str:
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, levels)]
    return "\n".join(lines)


REFUSED = {
    "aliases": (laughs(9), f"unfolds to more than {VALUES:,} values where aliases"),
    "aliases as keys": (laughs(9, "? *a8\n: 1"), "unfolds to more than"),
    "merge keys": (merges(9), "unfolds to more than"),
    "itself": ("a: &a [*a]", f"is nested deeper than {DEPTH} levels, or holds itself"),
    "itself as a mapping": ("a: &a {b: *a}", "is nested deeper .* holds itself"),
    "deep lists": ("a: " + "[" * 5000, f"is nested deeper than {DEPTH} levels"),
    "deep mappings": ("{a: " * 200 + "1" + "}" * 200, "is nested deeper than"),
    "deep dashes": ("- " * 3000, "is nested deeper than"),
    "long": ("a: " + "x" * SIZE, "is no config: it is longer than 131,072 bytes"),
    "python": ("a: !!python/object/apply:os.system [id]", "is not YAML: "),
    "python name": ("a: !!python/name:os.system", "is not YAML: "),
    "python new": ("a: !!python/object/new:subprocess.Popen [[id]]", "is not YAML: "),
    "python module": ("a: !!python/module:os", "is not YAML: "),
    "own tag": ("a: !mine {b: 1}", "is not YAML: "),
    "digits": ("a: " + "9" * 5000, "is not YAML: .*4300 digits"),
    "no bool": ("a: !!bool perhaps", "is not YAML: "),
    "no number": ("a: !!int x", "is not YAML: "),
    "no date": ("a: 2020-13-45", "is not YAML: month must be in"),
    "twice": ("a: 1\na: 2", "is not YAML: .*duplicate key"),
    "tabs": ("a:\n\tb: 1", "is not YAML: "),
    "two documents": ("a: 1\n---\nb: 2", "is not YAML: "),
    "nul": ("a: \0", "is not YAML: "),
    "unknown alias": ("a: *b", "is not YAML: "),
    "mapping as a key": ("? {a: 1}\n: 2", "is not YAML: "),
    "merge of a number": ("a: {<<: 3}", "is not YAML: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_document_that_does_harm_is_refused_by_name(case: str) -> None:
    text, message = REFUSED[case]
    began = time.process_time()
    with pytest.raises(ConfigError, match=rf"(?s)^my\.yaml {message}") as caught:
        parse(text, "my.yaml")
    assert time.process_time() - began < 2
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("data", [b"\xff\xfe\0", b"a: \xe9", b"\x80"])
def test_bytes_that_are_no_utf_8_are_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^my\.yaml is not YAML: 'utf-8' codec"):
        parse(data, "my.yaml")


def test_what_people_write_is_read_as_yaml_1_2() -> None:
    text = """\
a: &a {x: 1, y: [1.5, .inf, null, ~]}
b: *a
c: {<<: *a, x: 2}
d: [on, no, yes, true, 010, 0x10, 1e3, 1:30]
"""
    content = parse(b"\xef\xbb\xbf" + text.encode(), "my.yaml")
    a = {"x": 1, "y": [1.5, float("inf"), None, None]}
    d = ["on", "no", "yes", True, 10, 16, 1000.0, "1:30"]
    assert content == {"a": a, "b": a, "c": {**a, "x": 2}, "d": d}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {b: 2020-01-01}", r"a\.b: a date, datetime\.date\(2020, 1, 1\); in quotes it would"),
        ("a: [!!binary aGk=]", r"a\[0\]: a bytes, b'hi'; in quotes it would be text"),
        ("a: !!set {b, c}", "a: a set, "),
        ("a: 99999999999999999999", "a: a whole number of 67 bits; write one of 64 at most"),
        ("a: 0x" + "f" * 4000, "a: a whole number of 16000 bits; write one of 64 at most"),
    ],
)
def test_values_that_have_no_place_in_a_config(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "my.yaml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(tmp_path / "my.yaml")
    with pytest.raises(ConfigError, match=message):
        read_config({}, ["=".join(text.split(": ", 1))])


def test_a_mapping_that_holds_itself_is_refused() -> None:
    endless: dict[str, object] = {}
    endless["a"] = [endless]
    with pytest.raises(ConfigError, match=rf"nested deeper than {DEPTH} levels"):
        read_config(endless)
    with pytest.raises(ConfigError, match=rf"is nested deeper than {DEPTH} levels"):
        read_config({}, [".".join("a" * 2000) + "=1"])


def test_an_index_that_is_no_number_of_an_entry_is_named() -> None:
    for index in ("²", "9" * 5000, "-1", "1", "00"):
        with pytest.raises(ConfigError, match="there is no entry"):
            read_config({"backbones": [{"name": "a"}]}, [f"backbones.{index}.flip=true"])


def test_variables_without_an_end_take_no_time() -> None:
    began = time.process_time()
    assert read_config({"a": "${A:-" * 20_000 + "}"})["a"].startswith("${A:-")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "place", ["x" * 300, "a/" * 3000, "a\0b", "~nobody-at-all/photos", "\ud800"]
)
def test_places_that_no_file_can_have_are_named(place: str) -> None:
    entry = {"model": f"{place}.keras", "preprocessing": "tf", "heads": ["ridge"]}
    other = {"application": "VGG16", "weights": place, "heads": ["ridge"]}
    content = {
        "data": {"folder": place, "train": place},
        "backbones": [{"name": "own", **entry}, other],
        "cache_dir": place,
    }
    with pytest.raises(ConfigError) as caught:
        resolve_experiment(content, "my.yaml", with_files=True)
    keys = [mistake.partition(": ")[0] for mistake in caught.value.mistakes]
    named = {"data.folder", "data.train", "backbones.own.model", "cache_dir"}
    assert named <= set(keys)
    with pytest.raises(ConfigError, match="there is no config"):
        read_config(Path("x" * 5000))


def test_a_long_value_is_cut_in_messages() -> None:
    assert len(brief("x" * 10_000)) == 303
    assert brief(ValueError("short")) == "short"
