from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ensemble.config.tracking import Tracking


def test_a_name_stands_for_a_store_in_its_usual_place() -> None:
    assert Tracking.model_validate("mlflow") == Tracking(store="mlflow", uri=None, experiment=None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("wandb", "store"),
        ({"uri": "sqlite:///a.db"}, "store"),
        ({"store": "mlflow", "url": "x"}, "url"),
        ({"store": "mlflow", "uri": "https://me:secret@host"}, "must name no user"),
        ({"store": "mlflow", "uri": "./mlruns"}, "must be a database"),
        ({"store": "mlflow", "uri": "127.0.0.1:5000"}, "must be a database"),
        ({"store": "mlflow", "uri": "sqlite:///:memory:"}, "must be a database"),
        ({"store": "mlflow", "experiment": " "}, "must be a name"),
    ],
)
def test_mistakes_are_named(content: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message) as told:
        Tracking.model_validate(content)
    if "secret" in str(content):
        assert "secret" not in "".join(one["msg"] for one in told.value.errors())
