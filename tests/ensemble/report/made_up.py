"""The tables of a run that nobody fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ensemble.config.config import Config
from ensemble.metric import Metric, MetricName
from ensemble.report.evidence import Evidence
from ensemble.scoring.gains import Gain
from ensemble.scoring.leaderboard import Leaderboard
from ensemble.scoring.scores import Scores, score

MEMBERS = ("one.ridge", "two.svr")


def numbers(count: int = 300, error: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """An out-of-fold table of `count` photos in three folds, errors of some size."""
    draw = np.random.default_rng(seed)
    target = draw.integers(1, 20, count).astype(float)
    table = pd.DataFrame({"name": [f"{n:04}.jpg" for n in range(count)]})
    table["fold"] = np.arange(count) % 3
    table["target"] = target
    shared = draw.normal(size=count)
    for member in MEMBERS:
        table[member] = target + error * (shared + 0.3 * draw.normal(size=count))
    table["stack"] = table[list(MEMBERS)].mean(axis=1)
    table["lower"], table["upper"] = table["stack"] - 2 * error, table["stack"] + 2 * error
    return table


def evidence(
    oof: pd.DataFrame | None = None,
    settings: dict[str, Any] | None = None,
    gains: dict[str, tuple[float, float]] | None = None,
    metric: MetricName = "rmse",
    **tables: Any,
) -> Evidence:
    """The evidence of a table, with what a run says of it; by default nothing is wrong in it."""
    oof = numbers() if oof is None else oof
    target = oof["target"].to_numpy()
    columns = {name: oof[name].to_numpy() for name in ("stack", *MEMBERS)}
    columns["constant"] = np.full(len(oof), target.mean())
    scores: dict[str, Scores] = {
        name: score(one, target, metric=Metric(metric, 0.0)) for name, one in columns.items()
    }
    kinds = {"stack": "stack", "constant": "reference"}
    gains = {MEMBERS[0]: (1.0, 0.1), "constant": (9.0, 0.5)} if gains is None else gains
    error_key = "standard_error" if metric == "rmse" else f"{metric}_standard_error"
    metrics = {
        "stack": {"form": "mean", f"{metric}_interval": [0.9, 1.1]},
        "weights": dict.fromkeys(MEMBERS, 0.5),
        "best_member": MEMBERS[0],
        f"{metric}_intervals": {"constant": [5.0, 6.0]},
        "gains": {
            name: Gain(mean, error).to_json(Metric(metric)) for name, (mean, error) in gains.items()
        },
        "folds": [{"fold": 0, "photos": 100, metric: 1.0, error_key: 0.05}],
        "intervals": {
            "coverage": 0.9,
            "measured": {"all": {"share": 0.91, "mean_width": None, "photos": len(oof)}},
        },
    }
    content = {
        "data": {"folder": ".", "columns": {"target": "seeds"}},
        "backbones": [
            {"name": "one", "application": "MobileNet", "heads": ["ridge"]},
            {"name": "two", "application": "MobileNet", "heads": ["svr"]},
        ],
        **(settings or {}),
    }
    return Evidence(
        run="runs/seeds",
        config=Config.model_validate(content),
        config_text="data: {folder: .}\n",
        versions={"keras": "3.15.1"},
        metrics=metrics,
        leaderboard=Leaderboard(scores, {name: kinds.get(name, "member") for name in scores}),
        oof=oof,
        **tables,
    )
