"""The page of every key."""

from __future__ import annotations

import re

import pytest

from docs.reference import page, sections
from docs.schema import models
from ensemble.config.config import Config
from ensemble.config.data import Data
from ensemble.heads import catalog

ROWS = re.findall(r"^\| `([^`]+)` \| (.*) \| (.*) \| (.*) \|$", page(), re.M)


def test_every_key_has_a_type_a_default_and_a_sentence() -> None:
    keys = sum(len(model["properties"]) for model in models().values())
    assert len(ROWS) > keys > 60
    for key, kind, default, sentence in ROWS:
        assert kind, key
        assert default, key
        assert re.fullmatch(r"\S.*\.", sentence), key


@pytest.mark.parametrize(
    ("key", "kind", "default", "sentence"),
    [
        ("folder", "text", "**needed**", "Holds the photos and the tables."),
        (
            "n",
            "whole number, 2 to 100",
            "`5`",
            "Number of folds; with `method: column`",
        ),
        ("decimal", "`.` or `,`", "`.`", "In the tables' numbers; what holds the separator"),
        ("point", "list of 2: text", '`["x", "y"]`', "The place of an object, in `points`."),
        ("grid", "list of 2: whole number, 1 to 256", "**needed**", "Rows, columns."),
        ("epsilon", "number, at least 0", "`0.1`", "Errors up to this share of the target's"),
        ("patience", "whole number, at least 1", "`4`", "Epochs without a better validation"),
    ],
)
def test_rows_are_what_the_code_says(key: str, kind: str, default: str, sentence: str) -> None:
    rows = [row for row in ROWS if row[:3] == (key, kind, default)]
    assert [row[3].startswith(sentence) for row in rows] == [True]


def test_defaults_are_those_of_the_models() -> None:
    shown = {key: default for key, _, default, _ in ROWS[len(Config.model_fields) :]}
    assert shown["images"] == f"`{Data.model_fields['images'].default}`"
    assert shown["limit"] == "—"


def test_sections_come_in_the_order_of_the_keys_and_once() -> None:
    paths = [section.path for section in sections()]
    assert paths[:4] == ["data", "data.objects", "data.columns", "data.render"]
    assert len(paths) == len(set(paths)) == len(models()) - 1
    headings = re.findall(r"^## (.*)$", page(), re.M)
    heads = [f"Parameters of `{head}`" for head in catalog.OWN]
    assert headings == [
        "The config",
        *(f"`{path}`" for path in paths),
        *heads,
        "Regressors of scikit-learn",
    ]
