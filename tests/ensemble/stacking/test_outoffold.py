from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from ensemble.config.config import StackSpec
from ensemble.stacking.stack import fit_stack
from tests.ensemble.stacking.test_stack import Case, N


@pytest.mark.parametrize("repeats", [1, 2])
def test_each_row_is_what_its_piece_says(tmp_path: Path, repeats: int) -> None:
    case = Case(tmp_path, repeats)
    assert case.table.predictions.shape == (repeats * N, 5)
    for column, piece in enumerate(case.fits):
        for fold in range(4 * repeats):
            rows = case.table.fold == fold
            assert case.table.photo[rows].tolist() == case.folds.held_out(fold).tolist()
            np.testing.assert_array_equal(
                case.table.predictions[rows, column], piece.predictions[(fold,)]
            )


def test_without_a_fold_only_heads_that_left_it_out_speak(tmp_path: Path) -> None:
    case = Case(tmp_path, repeats=2)
    rows, found, splits = case.table.excluding(5)
    assert set(case.table.fold[rows]) == {4, 6, 7}
    assert len(splits) == 3
    for row, values in zip(rows, found, strict=True):
        other = int(case.table.fold[row])
        held = (min(5, other), max(5, other))
        place = case.folds.held_out(*held).tolist().index(case.table.photo[row])
        expected = [piece.predictions[held][place] for piece in case.fits]
        np.testing.assert_array_equal(values, expected)


def test_with_neighbours_the_stack_of_a_fold_learns_from_those_beside_it(tmp_path: Path) -> None:
    case = Case(tmp_path, neighbours=1)
    rows, found, _ = case.table.excluding(0)
    assert set(case.table.fold[rows]) == {1, 3}
    known = case.known()
    nested = fit_stack(StackSpec(method="nnls"), case.table, known, 0).nested
    peer = LinearRegression(positive=True).fit(found, case.y[case.table.photo[rows]])
    held_out = case.table.fold == 0
    expected = peer.predict(case.table.predictions[held_out])
    np.testing.assert_allclose(nested[held_out], expected, rtol=1e-9)


def test_splits_stay_in_their_repeat(tmp_path: Path) -> None:
    table = Case(tmp_path, repeats=2).table
    for training, held_out in table.splits():
        assert set(table.repeat[training]) == set(table.repeat[held_out])
        assert set(table.photo[training]).isdisjoint(table.photo[held_out])


def test_by_photo_orders_a_column_by_repeat_and_photo(tmp_path: Path) -> None:
    table = Case(tmp_path, repeats=2).table
    found = table.by_photo(100.0 * table.repeat + table.photo)
    assert found.tolist() == [list(range(N)), [100.0 + n for n in range(N)]]
