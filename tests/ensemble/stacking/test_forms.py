"""The forms of a stack, held against scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import HuberRegressor, RidgeCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from ensemble import heads
from ensemble.config.stack import STACK_FORMS, SUITED_FORMS
from ensemble.stacking import forms

SUITED = [form for suited in SUITED_FORMS.values() for form in suited]


def members(rows: int = 200) -> tuple[Any, Any]:
    """Predictions of three members, the third of which says no more than 3."""
    draw = np.random.default_rng(0)
    target = draw.gamma(2.0, 2.0, rows)
    said = target[:, np.newaxis] + draw.normal(0, 1, (rows, 3))
    said[:, 2] = np.minimum(target, 3.0)
    return said, target


def test_huber_is_scikit_learns() -> None:
    said, target = members()
    unit = target.std()
    peer = HuberRegressor(epsilon=3.0, max_iter=1000).fit(said / unit, target / unit)
    ours = forms.build("huber").fit(said, target).predict(said)
    np.testing.assert_array_equal(ours, peer.predict(said / unit) * unit)


def test_ridge_is_scikit_learns() -> None:
    said, target = members()
    alphas = [0.1, 1.0, 10.0]
    peer = RidgeCV(np.array(alphas) * target.var()).fit(said, target)
    ours = forms.build("ridge", {"alphas": alphas}).fit(said, target)
    np.testing.assert_allclose(ours.predict(said), peer.predict(said))


def test_huber_is_not_bent_by_a_few_photos() -> None:
    said, target = members()
    wrong = target.copy()
    wrong[:3] += 500.0
    before, after = (
        forms.build("huber").fit(said, one).predict(said[3:]) for one in (target, wrong)
    )
    np.testing.assert_allclose(after, before, atol=0.25)


@pytest.mark.parametrize("unit", [1e-3, 1e6])
@pytest.mark.parametrize("form", [*STACK_FORMS, "median", "relative", "relative_log"])
def test_the_unit_of_the_target_changes_nothing(form: str, unit: float) -> None:
    said, target = members()
    plain = forms.build(form).fit(said, target).predict(said)
    scaled = forms.build(form).fit(said * unit, target * unit).predict(said * unit)
    np.testing.assert_allclose(scaled / unit, plain, rtol=1e-4)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("form", STACK_FORMS)
@pytest.mark.parametrize("rows", [2, 3, 40])
@pytest.mark.parametrize("kind", ["perfect", "constant", "few values"])
def test_members_may_be_odd(form: str, rows: int, kind: str) -> None:
    target = np.arange(rows) % 5.0
    column = {"perfect": target, "constant": np.ones(rows), "few values": np.minimum(target, 1)}
    said = np.column_stack([column[kind]] * 2)
    predictions = forms.build(form).fit(said, target).predict(said + 0.5)
    assert np.isfinite(predictions).all()
    assert np.abs(predictions).max() < 20


@pytest.mark.parametrize("form", [*STACK_FORMS, *SUITED])
def test_a_form_comes_back_from_its_file(form: str, tmp_path: Path) -> None:
    said, target = members()
    fitted = forms.build(form).fit(said, target, sample_weight=np.ones(len(target)))
    heads.save(fitted, tmp_path)
    np.testing.assert_array_equal(heads.load(tmp_path).predict(said), fitted.predict(said))


def unequal(form: Any) -> dict[str, str]:
    if isinstance(form, forms.Mean | forms.Single):
        return {}
    weights = "to leave one row out is not to leave out both where it lies twice"
    return {"check_sample_weight_equivalence_on_dense_data": weights}


@parametrize_with_checks(
    [forms.Mean(), forms.Single(), forms.TargetScaled(RidgeCV())],
    expected_failed_checks=unequal,
)
def test_forms_are_scikit_learn_estimators(estimator: Any, check: Any) -> None:
    check(estimator)
