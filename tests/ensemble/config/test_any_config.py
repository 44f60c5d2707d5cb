"""Any config and any setting ends in an experiment or in a mistake that is named."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble.config import experiment
from ensemble.config.document import ConfigError, parse
from ensemble.config.experiment import resolve_experiment
from ensemble.config.settings import read_config
from tests.examples import few, in_time, many

VALID: dict[str, Any] = {
    "data": {
        "folder": "photos",
        "columns": {"name": "file", "target": "price", "box": ["a", "b", "c", "d"]},
        "minimum": 0,
        "render": {"train": 10, "seed": 1},
    },
    "backbones": [
        {
            "name": "one",
            "application": "MobileNetV2",
            "image_size": [64, 64],
            "layers": ["out_relu"],
            "pooling": {"grid": [2, 2]},
            "heads": ["ridge", {"head": "svr", "target": "sqrt", "parameters": {"C": 1.0}}],
        },
        {"model": "own.keras", "preprocessing": "tf", "flip": True, "heads": [{"head": "Ridge"}]},
    ],
    "joint": [{"backbones": ["one", "own"], "heads": ["ridge"]}],
    "folds": {"n": 3, "method": "kfold", "repeats": 2},
    "stack": {"method": "HuberRegressor", "parameters": {"epsilon": 1.5}},
    "score": {"set_aside_above": 40},
    "intervals": {"coverage": 0.9},
    "seed": 1,
}

#: Words that the schema knows, and what resembles them.
WORDS = st.sampled_from(
    """data folder columns name target backbones joint one own application model heads head
    parameters pooling grid avg none maps density ridge svr mlp folds n group kfold stack auto
    method seed engine
    openvino on off yes NO null ~ .nan -.inf 1e999 0x1f 0o17 1_000 1:30 2020-01-01 <<
    """.split()  # noqa: SIM905
)

NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**63, 2**64, -(2**65), 10**400]),
    st.floats(),
)

SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text(), st.dates(), st.binary())

VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(WORDS, st.text(), st.integers(), st.none()), inner, max_size=4),
    ),
    max_leaves=12,
)


def places(content: Any) -> list[tuple[Any, Any]]:
    """Every container of a config, with every key in it."""
    inside = list(content.items() if isinstance(content, dict) else enumerate(content))
    below = (places(value) for _, value in inside if isinstance(value, dict | list))
    return [(content, key) for key, _ in inside] + [place for found in below for place in found]


@st.composite
def configs(draw: st.DrawFn) -> Any:
    """The valid config with up to three values changed, taken away or added."""
    content = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(places(content)))
        kind = draw(st.sampled_from(["change", "remove", "add"]))
        if kind == "remove":
            del container[key]
        elif kind == "add" and isinstance(container, dict):
            container[draw(st.one_of(WORDS, st.text()))] = draw(VALUES)
        else:
            container[key] = draw(VALUES)
    return content


#: Pieces of YAML that go wrong together.
PIECES = st.sampled_from(
    [
        *"[]{}:,-?&*!|>'\"#%@`\n \t\ufeff\x85\u2028a1",
        *(": ", "- ", "\n  ", "&a ", "*a", "<<: ", "---\n", "...", "%YAML 1.1\n"),
        *("!!", "!!int ", "!!float ", "!!bool ", "!!binary ", "!!timestamp ", "!!set "),
        *("!!omap ", "!!pairs ", "${A}", "${A:-", "}", ".inf", "2020-01-01"),
    ]
)

TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(), st.binary())

SETTINGS = st.tuples(
    st.lists(st.one_of(WORDS, st.sampled_from(["0", "1", "one", "²", "-1", ""])), max_size=5),
    st.sampled_from(["=", "", "=="]),
    st.one_of(TEXTS.filter(lambda text: isinstance(text, str)), SCALARS.map(str)),
).map(lambda parts: ".".join(parts[0]) + parts[1] + parts[2])


@pytest.fixture(autouse=True, scope="module")
def without_networks() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            experiment,
            "resolve",
            lambda entries, cache: [SimpleNamespace(size=(9, 9)) for _ in entries],
        )
        patch.delenv("A", raising=False)
        resolve_experiment(VALID, "my.yaml")  # what it imports takes more time than it does
        yield


def resolve_any(content: Any, settings: list[str]) -> None:
    with in_time():
        try:
            resolve_experiment(read_config(content, settings), "my.yaml")
        except ConfigError as error:
            assert str(error)  # noqa: PT017
            assert len(str(error)) < 20_000  # noqa: PT017


def parse_any(text: str | bytes) -> None:
    with in_time():
        try:
            parse(text, "my.yaml")
        except ConfigError as error:
            assert str(error).startswith("my.yaml is ")  # noqa: PT017


@few
@given(configs())
def test_any_config(content: Any) -> None:
    resolve_any(content, [])


@few
@given(st.lists(SETTINGS, min_size=1, max_size=3))
def test_any_settings(settings: list[str]) -> None:
    resolve_any(VALID, settings)


@few
@given(TEXTS)
def test_any_text(text: str | bytes) -> None:
    parse_any(text)


@pytest.mark.slow
@many
@given(configs(), st.lists(SETTINGS, max_size=3))
def test_any_config_for_long(content: Any, settings: list[str]) -> None:
    resolve_any(content, settings)


@pytest.mark.slow
@many
@given(TEXTS)
def test_any_text_for_long(text: str | bytes) -> None:
    parse_any(text)
