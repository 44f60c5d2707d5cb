"""What an editor says of a config is what the program says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator
from pydantic import ValidationError
from ruamel.yaml import YAML

from docs.__main__ import ROOT, texts
from docs.schema import SKLEARN
from ensemble.config.config import Config
from ensemble.config.document import ConfigError
from ensemble.config.settings import read_config, read_mapping
from tests.docs.cases import LEFT_TO_THE_CODE, REFUSED, TAKEN, entry
from tests.ensemble.config.test_any_config import configs
from tests.examples import few, many

FILE = ROOT / "configs" / "schema.json"
CONFIGS = sorted(FILE.parent.glob("*.yaml"))
EDITOR = Draft7Validator(json.loads(FILE.read_text()))


def code_takes(content: Any) -> bool:
    try:
        Config.model_validate(read_config(content))
    except (ConfigError, ValidationError):
        return False
    return True


def test_the_files_are_what_the_code_says() -> None:
    if EDITOR.schema["$comment"] != json.loads(texts()[FILE])["$comment"]:
        pytest.skip(f"{FILE.name}: {EDITOR.schema['$comment']} Installed is {SKLEARN}.")
    for path, text in texts().items():
        assert path.read_text(encoding="utf-8") == text, f"python -m docs writes {path} anew"


def test_it_is_a_schema_and_json_without_words_of_python() -> None:
    json.loads(FILE.read_text(), parse_constant=pytest.fail)  # Infinity, NaN
    Draft7Validator.check_schema(EDITOR.schema)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_each_config_names_it_first_and_is_valid(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).samefile(FILE)
    assert [error.message for error in EDITOR.iter_errors(read_mapping(path, str(path)))] == []


@pytest.mark.parametrize("case", TAKEN)
def test_what_the_code_takes_it_takes(case: str) -> None:
    assert code_takes(TAKEN[case])
    assert [error.message for error in EDITOR.iter_errors(TAKEN[case])] == []


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_code_refuses_it_refuses(case: str) -> None:
    assert REFUSED[case] is None or not code_takes(REFUSED[case])
    assert not EDITOR.is_valid(REFUSED[case])


@pytest.mark.parametrize("case", LEFT_TO_THE_CODE)
def test_what_it_cannot_say_it_takes(case: str) -> None:
    assert not code_takes(LEFT_TO_THE_CODE[case])
    assert EDITOR.is_valid(LEFT_TO_THE_CODE[case])


def test_an_unknown_builder_is_refused() -> None:  # by the code once Keras is imported
    assert not EDITOR.is_valid(entry(application="MobilNetV2"))


def test_anchors_and_merge_keys_are_what_they_stand_for() -> None:
    text = """\
data: {folder: "${PLACE:-photos}"}
backbones:
  - &first
    name: one
    application: MobileNetV2
    heads: &heads [ridge, {head: svr, parameters: &svr {C: 3}}]
  - {name: two, application: VGG16, heads: *heads}
  - {<<: *first, name: three, heads: [{head: svr, parameters: {<<: *svr, gamma: 1}}]}
"""
    content = YAML(typ="safe", pure=True).load(text)
    assert code_takes(content)
    assert EDITOR.is_valid(content)


def check_any(content: Any) -> None:
    """What the code takes, the schema takes."""
    if code_takes(content):
        assert [error.message for error in EDITOR.iter_errors(content)] == []


@few
@given(configs())
def test_any_config_that_the_code_takes_it_takes(content: Any) -> None:
    check_any(content)


@pytest.mark.slow
@many
@given(configs())
def test_any_config_for_long(content: Any) -> None:
    check_any(content)
