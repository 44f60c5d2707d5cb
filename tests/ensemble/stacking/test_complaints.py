from __future__ import annotations

import logging
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from backbones.disk.arrays import write_arrays
from backbones.errors import InputError
from backbones.progress import Silent
from ensemble.config.config import StackSpec
from ensemble.config.member import Member
from ensemble.heads import HeadSpec
from ensemble.stacking.complaints import name_warnings, refuse_no_numbers
from ensemble.stacking.crossfit import crossfit
from ensemble.stacking.fits import Labels
from ensemble.stacking.stack import StackLabels, fit_stack
from tests.ensemble.stacking.test_stack import Case, Features, N


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("cache"), nested=False)


def fit(case: Case, head: HeadSpec, cache: Path, y: np.ndarray) -> None:
    member = Member(case.members[0].backbones, head)
    matrix = Features(case.features[0])
    labels = Labels([f"{n:064x}" for n in range(N)], y)
    crossfit(member, matrix, labels, case.folds, False, 0, cache, Silent())


NO_NUMBERS = [
    HeadSpec(head="RadiusNeighborsRegressor", name="bad", parameters={"radius": 0.1}),
    HeadSpec(
        head="SGDRegressor",
        name="bad",
        target="log1p",
        parameters={"learning_rate": "constant", "eta0": 30.0, "max_iter": 3, "tol": None},
    ),
]


@pytest.mark.parametrize("head", NO_NUMBERS, ids=lambda head: head.head)
def test_a_head_that_predicts_no_numbers_is_named_and_none_are_kept(
    case: Case, head: HeadSpec, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"^b0\.bad: .*no number .* for \d+ of 2\d photos"):
        fit(case, head, tmp_path, case.y)
    assert not [path for path in (tmp_path / "heads").glob("*") if path.is_file()]


def test_no_numbers_in_the_cache_are_named(case: Case, tmp_path: Path) -> None:
    head = HeadSpec(head="ridge", name="kept")
    fit(case, head, tmp_path, case.y)
    for path in (tmp_path / "heads").glob("*"):
        if path.is_file():
            write_arrays(path, {"predictions": np.full(3, np.nan)})
    with pytest.raises(InputError, match=r"b0\.kept predicts no number .* for 3 of 3 photos"):
        fit(case, head, tmp_path, case.y)


def test_what_a_fit_warns_of_is_a_line_with_the_member(
    case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    head = HeadSpec(head="Lasso", name="short", parameters={"max_iter": 1, "alpha": 1e-9})
    fit(case, head, tmp_path, case.y)
    (record,) = caplog.records
    message = record.getMessage()
    assert message.startswith("b0.short: ConvergenceWarning, 5 times: Objective did not converge")
    assert "\n" not in message


def test_warnings_of_one_kind_are_told_once_and_others_are_passed_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.warns(FutureWarning, match="later") as passed:
        _warn_in_fits()
    assert len(passed) == 1
    assert [(one.levelno, one.getMessage()) for one in caplog.records] == [
        (logging.WARNING, "b.m: ConvergenceWarning, 3 times: not yet: 2"),
        (logging.WARNING, "b.m: RuntimeWarning: overflow"),
    ]


def _warn_in_fits() -> None:
    with name_warnings("b.m"):
        warnings.simplefilter("always", FutureWarning)
        for number in (1, 2, 2):
            warnings.warn(f"not yet: {number}", ConvergenceWarning, stacklevel=1)
        warnings.warn("overflow", RuntimeWarning, stacklevel=1)
        warnings.warn("later", FutureWarning, stacklevel=1)


def test_finite_predictions_pass() -> None:
    refuse_no_numbers("b.m", np.array([0.0, -1e300]))


CANNOT = [
    (HeadSpec(head="GammaRegressor", name="bad"), -1.0, "GammaRegressor cannot be fitted: Some"),
    (
        HeadSpec(head="KNeighborsRegressor", name="bad", parameters={"n_neighbors": 80}),
        1.0,
        "Expected n_neighbors <= n_samples_fit",
    ),
    (HeadSpec(head="ridge", name="bad", target="sqrt"), -1.0, "target: sqrt needs a target 0 or"),
]


@pytest.mark.parametrize(("head", "sign", "message"), CANNOT, ids=lambda value: str(value)[:20])
def test_a_head_that_cannot_be_fitted_or_predict_is_named(
    case: Case, head: HeadSpec, sign: float, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        fit(case, head, tmp_path, sign * case.y)
    assert str(caught.value).startswith(f"b0.bad: {message}")


STACKS = [
    (StackSpec(method="GammaRegressor"), "stack: GammaRegressor cannot be fitted on the members'"),
    (StackSpec(method="KNeighborsRegressor", parameters={"n_neighbors": 80}), "stack: KNeigh"),
    (
        StackSpec(method="RadiusNeighborsRegressor", parameters={"radius": 1e-9}),
        "stack predicts no",
    ),
]


@pytest.mark.filterwarnings("ignore:One or more samples have no neighbors:UserWarning")
@pytest.mark.parametrize(("spec", "message"), STACKS, ids=lambda value: str(value)[:30])
def test_a_stack_that_cannot_be_fitted_or_predict_is_named(
    spec: StackSpec, message: str, tmp_path: Path
) -> None:
    case = Case(tmp_path)
    target = case.y - 5
    with pytest.raises(InputError) as caught:
        fit_stack(spec, case.table, StackLabels(target, None, np.ones(N, dtype=bool)), seed=0)
    assert str(caught.value).startswith(message)
