from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ensemble.config.config import Config
from ensemble.config.experiment import resolve_experiment
from ensemble.config.settings import ConfigError

ITEM = {"item": "house"}


def content(columns: dict[str, Any], **changes: Any) -> dict[str, Any]:
    entry = {"name": "one", "application": "MobileNet", "weights": "random", "heads": ["ridge"]}
    data = {"folder": ".", "columns": columns, **changes.pop("data", {})}
    return {"data": data, "backbones": [entry], **changes}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (content({"view": "room"}), "view: 'room' tells the photos of one item apart; name the"),
        (content({}, views="apart"), "views: apart is of items of several photos; name their"),
        (content({**ITEM, "name": "house"}), "name and item: 'house' is named twice"),
        (content({**ITEM, "view": "house"}), "item and view: 'house' is named twice"),
        (content({**ITEM, "group": "house"}), "group and item: 'house' is named twice"),
        (content({"item": "lower"}), "item: 'lower' is a column of what is written beside"),
        (
            content({"item": "one.ridge.apart"}),
            "data.columns.item: 'one.ridge.apart' is the column of a member's predictions",
        ),
        (
            content(ITEM, data={"boxes": "boxes.csv", "points": "points.csv"}),
            "columns.item: boxes and points tell of single photos",
        ),
        (content(ITEM, data={"render": {}}), "columns.item: render tell"),
        (
            content(
                ITEM,
                views="together",
                backbones=[
                    {"name": "m", "application": "VGG16", "pooling": "none", "heads": ["density"]}
                ],
            ),
            "data.columns.item: m.density learn where objects are in single photos",
        ),
        (content(ITEM, views="alone"), "views: must be 'apart' or 'together', not 'alone'"),
    ],
)
def test_what_does_not_go_with_items_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_experiment(given, "the config")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("views", "names"),
    [
        (None, ["one.ridge.apart", "one.ridge.together"]),
        ("apart", ["one.ridge.apart"]),
        ("together", ["one.ridge.together"]),
    ],
)
def test_heads_learn_items_in_the_ways_that_are_asked_for(
    views: str | None, names: list[str], tmp_path: Path
) -> None:
    given = content(ITEM, views=views, cache_dir=str(tmp_path))
    assert [one.name for one in resolve_experiment(given, "the config").members] == names


def test_without_items_members_have_their_plain_names(tmp_path: Path) -> None:
    given = content({}, cache_dir=str(tmp_path))
    experiment = resolve_experiment(given, "the config")
    assert [(one.name, one.views) for one in experiment.members] == [("one.ridge", None)]


def test_the_column_of_what_is_predicted_is_that_of_items() -> None:
    columns = Config.model_validate(content({"name": "file", **ITEM})).data.columns
    assert (columns.key, columns.noun) == ("house", "item")
    columns = Config.model_validate(content({"name": "file"})).data.columns
    assert (columns.key, columns.noun) == ("file", "photo")
