"""The stack against scikit-learn's own, on the same folds and members."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingRegressor
from sklearn.linear_model import HuberRegressor, LinearRegression, RidgeCV
from sklearn.model_selection import PredefinedSplit
from sklearn.pipeline import make_pipeline

from backbones.networks.backbone import Backbone
from backbones.networks.spec import BackboneSpec
from backbones.networks.weights import Weights
from backbones.progress import Silent
from ensemble import heads
from ensemble.config.config import FoldsSpec
from ensemble.config.member import Member
from ensemble.config.stack import STACK_FORMS, StackSpec
from ensemble.heads import HeadSpec
from ensemble.photos.dataset import Dataset
from ensemble.stacking.crossfit import MemberFits, crossfit
from ensemble.stacking.fits import Labels
from ensemble.stacking.folds import split
from ensemble.stacking.forms import Mean, TargetScaled
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import StackLabels, fit_stack

N, WIDTH = 90, 6
HEADS = [
    HeadSpec(head="ridge"),
    HeadSpec(head="svr", target="sqrt", parameters={"C": 3.0}),
    HeadSpec(head="KNeighborsRegressor", name="knn"),
]


@dataclass(frozen=True)
class Features:
    """What ``crossfit`` takes, in memory."""

    matrix: Any
    key: str = "of these tests"

    def open(self) -> AbstractContextManager[Any]:
        return nullcontext(self.matrix)


class Case:
    """Two backbones of made-up features and three heads, crossfitted."""

    def __init__(
        self, cache: Path, repeats: int = 1, nested: bool = True, neighbours: int | None = None
    ) -> None:
        draw = np.random.default_rng(0)
        self.features = draw.normal(size=(2, N, WIDTH)).astype(np.float32)
        signal = self.features[:, :, :3].sum(axis=(0, 2))
        self.y = np.exp(0.4 * signal) + draw.normal(0, 0.1, N) ** 2
        dataset = Dataset(
            np.array([f"{n:02d}" for n in range(N)]), tuple(map(Path, "a" * N)), self.y
        )
        self.folds = split(dataset, FoldsSpec(n=4, repeats=repeats, neighbours=neighbours), seed=0)
        self.members = [
            Member((self.backbone(b),), head) for b in range(2) for head in HEADS[: 3 - b]
        ]
        labels = Labels([f"{n:064x}" for n in range(N)], self.y)
        self.fits = [self.crossfit(member, labels, nested, cache) for member in self.members]
        self.table = OutOfFold.from_fits(self.fits, self.folds)

    def backbone(self, number: int) -> Backbone:
        spec = BackboneSpec(name=f"b{number}", application="MobileNet", weights="random")
        return Backbone(spec, (8, 8), ((1, 1, WIDTH),), Weights("random", f"{number}"), "3")

    def crossfit(self, member: Member, labels: Labels, nested: bool, cache: Path) -> MemberFits:
        matrix = self.features[int(member.backbones[0].name[1])]
        return crossfit(
            member,
            Features(matrix, member.fingerprint),
            labels,
            self.folds,
            nested,
            0,
            cache,
            Silent(),
        )

    def known(self, scored: npt.NDArray[np.bool_] | None = None) -> StackLabels:
        return StackLabels(self.y, None, np.ones(N, dtype=bool) if scored is None else scored)

    @property
    def concatenated(self) -> npt.NDArray[np.float32]:
        return np.concatenate(list(self.features), axis=1)

    def peer(self, final: Any, fold: npt.NDArray[np.intp]) -> StackingRegressor:
        """scikit-learn's stacking of the same members: each sees its backbone's columns."""

        def pipeline(member: Member) -> Any:
            first = WIDTH * int(member.backbones[0].name[1])
            columns = ColumnTransformer([("own", "passthrough", slice(first, first + WIDTH))])
            return make_pipeline(columns, heads.build(member.head, 0))

        estimators = [(m.name.replace(".", "_"), pipeline(m)) for m in self.members]
        return StackingRegressor(estimators, final, cv=PredefinedSplit(fold))


FINALS = [
    (StackSpec(method="nnls"), LinearRegression(positive=True)),
    (StackSpec(method="ridge"), TargetScaled(RidgeCV(alphas=np.logspace(-3, 5, 33)))),
    (StackSpec(method="huber"), TargetScaled(HuberRegressor(epsilon=3.0, max_iter=1000))),
    (StackSpec(method="LinearRegression"), LinearRegression()),
    (StackSpec(method="mean"), Mean()),
]


@pytest.mark.parametrize(("spec", "final"), FINALS, ids=lambda v: getattr(v, "method", ""))
def test_it_predicts_new_photos_as_scikit_learn_does(
    tmp_path: Path, spec: StackSpec, final: Any
) -> None:
    case = Case(tmp_path)
    stack = fit_stack(spec, case.table, case.known(), seed=0)
    new = np.random.default_rng(1).normal(size=(2, 20, WIDTH)).astype(np.float32)
    columns = [
        heads.load(one.fitted).predict(new[int(one.member.backbones[0].name[1])])
        for one in case.fits
    ]
    ours = stack.regressor.predict(np.column_stack(columns))
    peer = case.peer(final, case.folds.number[0]).fit(case.concatenated, case.y)
    theirs = peer.predict(np.concatenate(list(new), axis=1))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize(("spec", "final"), FINALS, ids=lambda v: getattr(v, "method", ""))
def test_its_nested_predictions_are_scikit_learns_fold_by_fold(
    tmp_path: Path, spec: StackSpec, final: Any
) -> None:
    case = Case(tmp_path, nested=spec.is_fitted)
    nested = fit_stack(spec, case.table, case.known(), seed=0).nested
    ours = case.table.by_photo(nested)[0]
    fold = case.folds.number[0]
    for one in range(4):
        inside, outside = fold != one, fold == one
        peer = case.peer(final, fold[inside]).fit(case.concatenated[inside], case.y[inside])
        theirs = peer.predict(case.concatenated[outside])
        np.testing.assert_allclose(ours[outside], theirs, rtol=1e-6)


def test_what_a_photo_is_predicted_from_never_saw_it(tmp_path: Path) -> None:
    """Another target of one photo changes every piece but those that leave its fold out."""
    case, changed = Case(tmp_path / "a"), Case(tmp_path / "b")
    changed.y[7] += 50.0
    labels = Labels([f"{n:064x}" for n in range(N)], changed.y)
    fits = [changed.crossfit(m, labels, True, tmp_path / "b") for m in changed.members]
    table = OutOfFold.from_fits(fits, changed.folds)
    spec = StackSpec(method="nnls")
    before = case.table.by_photo(fit_stack(spec, case.table, case.known(), 0).nested)[0]
    after = table.by_photo(fit_stack(spec, table, changed.known(), 0).nested)[0]
    same_fold = case.folds.number[0] == case.folds.number[0][7]
    np.testing.assert_array_equal(before[same_fold], after[same_fold])
    assert (before[~same_fold] != after[~same_fold]).all()


def test_auto_is_no_worse_than_the_best_member(
    tmp_path: Path,
) -> None:
    case = Case(tmp_path)
    known = case.known().take(case.table.photo)
    stack = fit_stack(StackSpec(), case.table, case.known(), seed=0)
    assert stack.form in (*STACK_FORMS, *case.table.members)
    assert known.error(stack.nested) <= min(map(known.error, case.table.predictions.T))


@pytest.mark.slow
def test_auto_stands_on_the_best_member_where_stacking_does_not_help(tmp_path: Path) -> None:
    case = Case(tmp_path)
    perfect = case.table.predictions.copy()
    perfect[:, 1] = case.y[case.table.photo]
    inner = {
        (one, other): np.column_stack([found[:, 0], case.y[case.folds.held_out(one)], found[:, 2:]])
        for (one, other), found in case.table.inner.items()
    }
    table = OutOfFold(
        case.table.members, case.table.photo, case.table.fold, case.table.repeat, perfect, inner
    )
    stack = fit_stack(StackSpec(), table, case.known(), seed=0)
    np.testing.assert_allclose(stack.nested, perfect[:, 1], atol=1e-9)


def test_repeats_are_averaged_over_independent_splits(tmp_path: Path) -> None:
    case = Case(tmp_path, repeats=2)
    stack = fit_stack(StackSpec(method="nnls"), case.table, case.known(), seed=0)
    once = Case(tmp_path)
    first = fit_stack(StackSpec(method="nnls"), once.table, once.known(), seed=0)
    by_photo = case.table.by_photo(stack.nested)
    assert by_photo.shape == (2, N)
    np.testing.assert_allclose(by_photo[0], once.table.by_photo(first.nested)[0])


def test_photos_set_aside_teach_neither_the_stack_nor_its_score(tmp_path: Path) -> None:
    case = Case(tmp_path)
    scored = case.y <= np.quantile(case.y, 0.9)
    known = case.known(scored)
    stack = fit_stack(StackSpec(method="nnls"), case.table, known, seed=0)
    rows = scored[case.table.photo]
    alone = LinearRegression(positive=True).fit(
        case.table.predictions[rows], case.y[case.table.photo][rows]
    )
    np.testing.assert_allclose(stack.regressor.coef_, alone.coef_)
    expected = np.mean((stack.nested - case.y[case.table.photo])[rows] ** 2)
    assert known.take(case.table.photo).error(stack.nested) == pytest.approx(expected)
