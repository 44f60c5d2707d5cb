"""Tests of ensemble.config.tabular and ensemble.config.features."""

from __future__ import annotations

from typing import Any

import pytest

from ensemble.config.experiment import resolve_experiment
from ensemble.config.settings import ConfigError
from ensemble.runs.record import resolve_config


def config(features: Any = ("rooms", "zip"), **sections: Any) -> dict[str, Any]:
    columns = {"features": list(features) if isinstance(features, tuple) else features}
    data = {"folder": ".", "columns": columns}
    return {"data": data, "backbones": [], "tabular": {"heads": ["ridge"]}, **sections}


def entry(*heads: Any, name: str = "net") -> dict[str, Any]:
    return {"name": name, "application": "MobileNetV2", "weights": "random", "heads": list(heads)}


def test_members_of_columns_come_last() -> None:
    heads = ["ridge", {"head": "svr", "columns": True}]
    content = config(backbones=[entry(*heads)], tabular={"heads": ["ridge", "svr"]})
    names = [member.name for member in resolve_experiment(content, "it").members]
    assert names == ["net.ridge", "net.svr_columns", "columns.ridge", "columns.svr"]


def test_a_list_is_a_mapping_without_kinds() -> None:
    found = [
        resolve_experiment(config(one), "it").config.data.columns.features
        for one in (("rooms", "zip"), {"rooms": "number", "zip": "auto"})
    ]
    assert found == [
        {"rooms": "auto", "zip": "auto"},
        {"rooms": "number", "zip": "auto"},
    ]


def test_what_is_not_said_is_not_written() -> None:
    plain = {"data": {"folder": "."}, "backbones": [entry("ridge")]}
    written = resolve_config(resolve_experiment(plain, "it"))
    assert "tabular" not in written
    assert "features" not in written["data"]["columns"]
    assert list(written["backbones"][0]["heads"][0]) == ["head", "name", "target", "parameters"]
    with_columns = resolve_config(resolve_experiment(config(), "it"))
    assert with_columns["data"]["columns"]["features"] == {"rooms": "auto", "zip": "auto"}
    assert resolve_config(resolve_experiment(with_columns, "again")) == with_columns


MISTAKES: list[tuple[dict[str, Any], str]] = [
    (config(("a", "a")), "data.columns.features: 'a' is named twice"),
    (config({"a": "numbr"}), "'a' cannot be 'numbr'; did you mean number?"),
    (config({3: "number"}), "3 is no name of a column"),
    (config([{"a": "number"}]), "{'a': 'number'} is no name of a column"),
    (config("rooms"), "must be a list of columns, or a mapping of columns to number or category"),
    (config(7), "must be a list of columns, or a mapping of columns to number or category"),
    (config(("target",)), "target and features: 'target' is named twice"),
    (config(("name",)), "name and features: 'name' is named twice"),
    (config(()), "tabular needs data.columns.features, the columns to learn from"),
    (config(tabular={"heads": []}), "tabular.heads: heads of columns: at least one is needed"),
    (config(tabular={"heads": ["mlp"]}), "tabular.heads: mlp cannot learn from columns"),
    (config(tabular={"heads": ["ridge", "ridge"]}), "given more than once: ridge"),
    (
        config(tabular={"heads": [{"head": "svr", "columns": True}]}),
        "svr_columns: heads of tabular learn from columns alone",
    ),
    (config(tabular=None), "no head takes rooms, zip; add tabular: {heads: [ridge]}"),
    (config(tabular=None, data={"folder": "."}), "backbones: at least one is needed, or heads of"),
    (
        config((), tabular=None, backbones=[entry({"head": "ridge", "columns": True})]),
        "net.ridge_columns: columns: true needs data.columns.features",
    ),
    (
        config(backbones=[entry({"head": "mlp", "columns": True})]),
        "backbones.net.heads[0].columns: mlp takes none; give them to another head",
    ),
    (config(backbones=[entry("ridge", name="columns")]), "give the backbone another name"),
    (
        config(
            data={"folder": ".", "columns": {"features": ["a"], "weight": "w"}},
            tabular={"heads": ["KNeighborsRegressor"]},
        ),
        "data.columns.weight: KNeighborsRegressor take no weights",
    ),
]


@pytest.mark.parametrize(("content", "message"), MISTAKES)
def test_mistakes_are_named(content: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        resolve_experiment(content, "it")
    assert message in str(error.value)
