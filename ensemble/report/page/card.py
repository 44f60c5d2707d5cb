"""The model card of a run, in the form of Hugging Face."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from ensemble.report.contents import Contents
from ensemble.report.page.html import fill_template
from ensemble.version import DISTRIBUTION


def render_card(contents: Contents, run: str) -> str:
    """The card as Markdown, with what machines read of it first.

    `run` is the folder of the run. See https://huggingface.co/docs/hub/model-cards.
    """
    return fill_template("MODEL_CARD.md", report=contents, run=run, about=_yaml(_about(contents)))


def _about(contents: Contents) -> dict[str, Any]:
    stack = contents.stack
    dataset = {"name": contents.unit, "type": "own"}
    found = stack.measured
    scores = {  # the metric that decides may be one of the others
        found.metric: (found.label, found.value),
        "rmse": ("RMSE", stack.rmse),
        "mae": ("MAE", stack.mae),
    }
    metrics = [
        {"type": kind, "name": f"{label}, out of fold", "value": value}
        for kind, (label, value) in scores.items()
    ]
    result = {
        "task": {"type": "image-regression"},
        "dataset": dataset,
        "metrics": metrics,
    }
    return {
        "library_name": DISTRIBUTION,
        "tags": ["image-regression", "keras", "stacking"],
        "metrics": list(scores),
        "model-index": [{"name": contents.title, "results": [result]}],
    }


def _yaml(content: Any) -> str:
    text = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(content, text)
    return text.getvalue().rstrip("\n")
