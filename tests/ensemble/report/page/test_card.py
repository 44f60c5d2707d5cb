from __future__ import annotations

import pytest

from ensemble.report.analysis import analyse
from ensemble.report.page.card import render_card
from tests.ensemble.report.made_up import MEMBERS, evidence, numbers


def test_it_is_a_card_of_hugging_face_with_the_scores_of_the_run() -> None:
    hub = pytest.importorskip("huggingface_hub", reason="the test extra has it")
    contents = analyse(evidence())
    card = hub.ModelCard(render_card(contents, "runs/seeds"))
    assert card.data.library_name == "backbone-ensemble"
    values = {one.metric_type: one.metric_value for one in card.data.eval_results}
    assert values == {"rmse": contents.stack.rmse, "mae": contents.stack.mae}
    assert f"| {MEMBERS[0]} | " in card.text
    assert 'open_run("runs/seeds").predict("new-photos")' in card.text


def test_the_metric_stands_first() -> None:
    text = render_card(analyse(evidence(metric="mape")), "runs/seeds")
    assert "| | MAPE | ± s.e. | RMSE | MAE |\n|---|---|---|---|---|\n| stack |" in text
    assert "metrics:\n- mape\n- rmse\n- mae\n" in text


def test_what_was_found_stands_under_limits_and_names_are_no_html() -> None:
    oof = numbers(error=0.5)
    oof.loc[7, "target"] += 9
    oof["name"] = oof["name"].replace("0007.jpg", "<b>7.jpg")
    text = render_card(analyse(evidence(oof)), "runs/seeds")
    limits = text.partition("## Limits")[2].partition("## How")[0]
    assert "- Targets that may be wrong: " in limits
    assert "&lt;b&gt;7.jpg" in limits
    assert "data: {folder: .}" in text
