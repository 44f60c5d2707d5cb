from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from ensemble import crossfit as module
from ensemble.crossfit import Labels, crossfit, plan
from ensemble.heads import HeadSpec
from ensemble.member import Member
from tests.ensemble.test_stack import Case, N


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The folds left out by every piece that is fitted."""
    seen: list[tuple[int, ...]] = []
    plain = module._fit

    def counting(*arguments: object) -> None:
        seen.append(arguments[4])  # type: ignore[arg-type]
        plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_fit", counting)
    return seen


def test_the_plan_leaves_out_one_two_and_no_folds(tmp_path: Path) -> None:
    folds = Case(tmp_path).folds
    assert plan(folds, nested=False) == [(0,), (1,), (2,), (3,), ()]
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert plan(folds, nested=True) == [(0,), (1,), (2,), (3,), *pairs, ()]


def test_pieces_are_fitted_once_and_only_what_changed_again(
    tmp_path: Path, fitted: list[tuple[int, ...]]
) -> None:
    case = Case(tmp_path)
    assert len(fitted) == 5 * 11
    fitted.clear()
    Case(tmp_path)
    assert fitted == []
    labels = Labels([f"{n:064x}" for n in range(N)], case.y)
    renamed = Member(case.members[0].backbone, HeadSpec(head="ridge", name="other"))
    case.crossfit(renamed, labels, True, tmp_path)
    assert fitted == []
    other = Member(case.members[0].backbone, HeadSpec(head="ridge", target="sqrt"))
    case.crossfit(other, labels, True, tmp_path)
    assert len(fitted) == 11


def test_nothing_is_read_where_nothing_is_missing(tmp_path: Path) -> None:
    case = Case(tmp_path)

    def unread() -> np.ndarray:
        raise AssertionError("features are not needed")

    labels = Labels([f"{n:064x}" for n in range(N)], case.y)
    again = crossfit(case.members[0], unread, labels, case.folds, True, 0, tmp_path, lambda _: None)
    np.testing.assert_array_equal(again.predictions[(1,)], case.pieces[0].predictions[(1,)])


@pytest.mark.parametrize("what", ["photo", "target", "weight", "boxes", "seed"])
def test_whatever_a_piece_depends_on_makes_it_another(
    tmp_path: Path, fitted: list[tuple[int, ...]], what: str
) -> None:
    case = Case(tmp_path)
    fitted.clear()
    photos, target, weight, seed = [f"{n:064x}" for n in range(N)], case.y.copy(), None, 0
    boxes: list[np.ndarray] | None = None
    if what == "photo":
        photos[3] = "f" * 64
    elif what == "target":
        target[3] += 1
    elif what == "weight":
        weight = np.ones(N)
    elif what == "boxes":
        boxes = [np.zeros((1, 4))] * N
    else:
        seed = 1
    labels = Labels(photos, target, weight, boxes)
    svr = case.members[0]
    matrix = nullcontext(case.features[0])
    crossfit(svr, lambda: matrix, labels, case.folds, True, seed, tmp_path, lambda _: None)
    assert len(fitted) == 11


def test_a_head_that_dies_halfway_leaves_no_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(file: object, **_: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", dying)
    with pytest.raises(KeyboardInterrupt):
        Case(tmp_path)
    monkeypatch.undo()
    assert len(Case(tmp_path).pieces) == 5


def test_weights_reach_the_heads(tmp_path: Path) -> None:
    """A photo of weight 0 is as good as not there."""
    case = Case(tmp_path)
    weight = np.ones(N)
    weight[:30] = 0.0
    y = case.y.copy()
    y[:30] = 1000.0
    labels = Labels([f"{n:064x}" for n in range(N)], y, weight)
    found = case.crossfit(case.members[0], labels, False, tmp_path)
    assert max(np.abs(found.predictions[(f,)]).max() for f in range(4)) < 100
