"""Members and stack of blocks of time, where what the photos tell of the target drifts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import TimeSeriesSplit

from backbones.errors import InputError
from backbones.progress import Silent
from ensemble import heads
from ensemble.config.config import StackSpec
from ensemble.config.folds import FoldsSpec
from ensemble.config.member import Member
from ensemble.photos.dataset import Dataset
from ensemble.photos.times import Times
from ensemble.scoring.calibration import ALL, calibrate
from ensemble.scoring.intervals import Errors, fit_intervals
from ensemble.scoring.leaderboard import CONSTANT, MEAN, rank
from ensemble.scoring.margins import Scored
from ensemble.scoring.worth import gain
from ensemble.stacking.crossfit import MemberFits, crossfit
from ensemble.stacking.fits import Labels
from ensemble.stacking.folds import split
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import StackLabels, fit_stack
from tests.ensemble.stacking.test_stack import HEADS, WIDTH, Case, Features

N, BLOCKS = 120, 5
LIMITS = (-np.inf, np.inf)


class Drift:
    """A backbone of made-up features, three heads, and photos in no order of their times."""

    def __init__(self, cache: Path) -> None:
        draw = np.random.default_rng(0)
        self.moment = draw.permutation(N).astype(float)
        self.features = draw.normal(size=(N, WIDTH)).astype(np.float32)
        share = self.moment / N
        self.y = 9 + 6 * share + (1 - share) * self.features[:, 0] + share * self.features[:, 1]
        names = np.array([f"{n:03d}" for n in range(N)])
        photos = Dataset(names, tuple(map(Path, names)), self.y, time=Times(self.moment))
        spec = FoldsSpec(method="time", column="when", n=BLOCKS)
        self.folds = split(photos, spec, seed=0)
        self.fits = [self.crossfit(head.name, cache, self.y) for head in HEADS]
        self.table = OutOfFold.from_fits(self.fits, self.folds)

    def crossfit(
        self, name: str | None, cache: Path, target: npt.NDArray[np.float64]
    ) -> MemberFits:
        head = next(one for one in HEADS if one.name == name)
        member = Member((Case.backbone(None, 0),), head)  # type: ignore[arg-type]
        labels = Labels([f"{n:064x}" for n in range(N)], target)
        features = Features(self.features)
        return crossfit(member, features, labels, self.folds, True, 0, cache, Silent())

    def known(self) -> StackLabels:
        return StackLabels(self.y, None, np.ones(N, dtype=bool))

    def block(self, table: OutOfFold, number: int) -> npt.NDArray[np.bool_]:
        return table.fold == number


@pytest.fixture(scope="module")
def drift(tmp_path_factory: pytest.TempPathFactory) -> Drift:
    return Drift(tmp_path_factory.mktemp("drift"))


def test_members_are_fitted_as_scikit_learn_splits_time(drift: Drift) -> None:
    by_time = np.argsort(drift.moment)
    for column, head in enumerate(HEADS):
        for block, (training, test) in enumerate(TimeSeriesSplit(BLOCKS).split(by_time), 1):
            seen, held_out = np.sort(by_time[training]), np.sort(by_time[test])
            alone = heads.build(head, 0)
            heads.fit(alone, drift.features[seen], drift.y[seen])
            rows = drift.block(drift.table, block)
            assert drift.table.photo[rows].tolist() == held_out.tolist()
            theirs = alone.predict(drift.features[held_out])
            np.testing.assert_allclose(drift.table.predictions[rows, column], theirs, rtol=1e-9)


def test_a_fit_a_block_and_the_final_one_are_all(drift: Drift) -> None:
    assert [len(one.files) for one in drift.fits] == [BLOCKS] * 3
    assert drift.table.inner == {}
    final = heads.build(HEADS[0], 0)
    heads.fit(final, drift.features, drift.y)
    new = np.random.default_rng(1).normal(size=(9, WIDTH)).astype(np.float32)
    kept = heads.load(drift.fits[0].fitted)
    np.testing.assert_allclose(kept.predict(new), final.predict(new), rtol=1e-9)


def test_a_stack_predicts_a_block_from_those_predicted_before_it(drift: Drift) -> None:
    stack = fit_stack(StackSpec(method="nnls"), drift.table, drift.known(), 0)
    scored = drift.table.scored(True)
    assert sorted(set(scored.fold)) == [2, 3, 4, 5]
    for block in range(2, BLOCKS + 1):
        before, here = drift.table.fold < block, drift.block(drift.table, block)
        target = drift.y[drift.table.photo[before]]
        peer = LinearRegression(positive=True).fit(drift.table.predictions[before], target)
        theirs = peer.predict(drift.table.predictions[here])
        np.testing.assert_allclose(stack.nested[drift.block(scored, block)], theirs, rtol=1e-9)
    whole = LinearRegression(positive=True).fit(drift.table.predictions, drift.y[drift.table.photo])
    np.testing.assert_allclose(stack.regressor.coef_, whole.coef_, rtol=1e-9)


def test_a_mean_learns_nothing_and_predicts_every_block_that_members_do(drift: Drift) -> None:
    stack = fit_stack(StackSpec(method="mean"), drift.table, drift.known(), 0)
    assert drift.table.scored(False) is drift.table
    assert drift.table.unscored(False) is None
    np.testing.assert_array_equal(stack.nested, drift.table.predictions.mean(axis=1))


def test_auto_chooses_for_a_block_by_the_blocks_before_it(drift: Drift) -> None:
    """Of the first it takes what needs no fit; then what did best on blocks that came later."""
    stack = fit_stack(StackSpec(), drift.table, drift.known(), 0)
    scored, table = drift.table.scored(True), drift.table
    first, second = drift.block(table, 1), drift.block(table, 2)
    columns = {"mean": table.predictions.mean(axis=1)}
    columns |= dict(zip(table.members, table.predictions.T, strict=True))
    target = drift.y[table.photo]
    errors = {name: np.mean((one - target)[first] ** 2) for name, one in columns.items()}
    best = columns[min(errors, key=errors.__getitem__)]
    np.testing.assert_allclose(stack.nested[drift.block(scored, 2)], best[second])
    counted = drift.known().take(scored.photo)
    assert counted.error(stack.nested) <= min(map(counted.error, scored.predictions.T))


def test_a_later_target_changes_nothing_before_it(tmp_path: Path) -> None:
    before, after = Drift(tmp_path), Drift(tmp_path)
    late = int(np.argsort(after.moment)[70])  # in the third of the blocks that are predicted
    after.y[late] += 50
    after.fits = [after.crossfit(head.name, tmp_path, after.y) for head in HEADS]
    after.table = OutOfFold.from_fits(after.fits, after.folds)
    block = int(after.folds.number[0, late])
    rows = before.table.fold <= block
    np.testing.assert_array_equal(before.table.predictions[rows], after.table.predictions[rows])
    changed = before.table.predictions[~rows] != after.table.predictions[~rows]
    assert changed[:, 0].all()
    for spec in (StackSpec(method="nnls"), StackSpec(method="huber")):
        one, other = (fit_stack(spec, case.table, case.known(), 0) for case in (before, after))
        seen = before.table.scored(True).fold <= block
        np.testing.assert_array_equal(one.nested[seen], other.nested[seen])
        assert (one.nested[~seen] != other.nested[~seen]).all()


def test_all_scores_are_of_the_same_photos(drift: Drift) -> None:
    stack = fit_stack(StackSpec(method="nnls"), drift.table, drift.known(), 0)
    table = drift.table.scored(True)
    board = rank(table, stack.nested, drift.y, None, None)
    target = drift.y[table.photo]
    assert {one.photos for one in board.scores.values()} == {80}
    for name, column in zip(table.members, table.predictions.T, strict=True):
        assert board.scores[name].rmse == pytest.approx(np.sqrt(np.mean((column - target) ** 2)))
    known = np.concatenate(
        [np.full(20, drift.y[drift.folds.training(block)].mean()) for block in range(2, 6)]
    )
    assert board.scores[CONSTANT].rmse == pytest.approx(np.sqrt(np.mean((known - target) ** 2)))
    margins = Scored(table, stack.nested, drift.y, None, None).margins(board)
    assert set(margins["gains"]) == {board.best_member, MEAN, CONSTANT}
    assert [one["fold"] for one in margins["folds"]] == [2, 3, 4, 5]
    gained = np.mean((known - target) ** 2) - np.mean((stack.nested - target) ** 2)
    assert margins["gains"][CONSTANT]["mean_squared_error"] == pytest.approx(gained)
    again = gain(table, stack.nested, drift.y, np.ones(N), None)
    assert again.size == pytest.approx(gained)


def test_intervals_of_a_block_come_from_errors_before_it(drift: Drift) -> None:
    table = drift.table.scored(True)
    predictions = table.predictions[:, 0]
    found = calibrate(table, predictions, drift.y, None, 0.8, LIMITS)
    assert np.isinf(found.lower[drift.block(table, 2)]).all()
    for block in (3, 4, 5):
        before, here = table.fold < block, drift.block(table, block)
        errors = Errors.of(table.photo[before], predictions[before], drift.y, None)
        lower, upper = fit_intervals(errors, 0.8).around(predictions[here], LIMITS)
        np.testing.assert_array_equal(found.lower[here], lower)
        np.testing.assert_array_equal(found.upper[here], upper)
    later, target = table.fold > 2, drift.y[table.photo]
    inside = (found.lower <= target) & (target <= found.upper)
    assert found.coverage[ALL].share == pytest.approx(inside[later].mean())
    assert found.coverage[ALL].photos == 60
    assert found.coverage[ALL].mean_width == pytest.approx(
        (found.upper - found.lower)[later].mean()
    )


def test_a_stack_needs_two_photos_that_count_in_the_first_predicted_block(drift: Drift) -> None:
    scored = np.ones(N, dtype=bool)
    scored[drift.folds.held_out(1)[1:]] = False
    known = replace(drift.known(), scored=scored)
    with pytest.raises(InputError, match="only 1 photo is outside of a fold, or predicted before"):
        fit_stack(StackSpec(method="nnls"), drift.table, known, 0)
