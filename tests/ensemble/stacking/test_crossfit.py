from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from backbones.progress import Silent
from ensemble import heads
from ensemble.config.config import FoldsSpec
from ensemble.config.member import Member
from ensemble.heads import HeadSpec
from ensemble.photos.dataset import Dataset
from ensemble.stacking import crossfit as module
from ensemble.stacking import fits
from ensemble.stacking.crossfit import crossfit, plan_fits
from ensemble.stacking.fits import Labels
from ensemble.stacking.folds import split
from tests.ensemble.heads.test_density import SETTINGS
from tests.ensemble.heads.test_density import Case as Places
from tests.ensemble.stacking.test_stack import Case, Features, N


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The folds left out by every piece that is fitted."""
    seen: list[tuple[int, ...]] = []
    plain = fits._fit

    def counting(*arguments: object) -> None:
        seen.append(arguments[2])  # type: ignore[arg-type]
        plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fits, "_fit", counting)
    return seen


def test_the_plan_leaves_out_one_two_and_no_folds(tmp_path: Path) -> None:
    folds = Case(tmp_path).folds
    assert plan_fits(folds, nested=False) == [(), (0,), (1,), (2,), (3,)]
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert plan_fits(folds, nested=True) == [(), (0,), (1,), (2,), (3,), *pairs]


def test_pieces_are_fitted_once_and_only_what_changed_again(
    tmp_path: Path, fitted: list[tuple[int, ...]]
) -> None:
    case = Case(tmp_path)
    assert len(fitted) == 5 * 11
    fitted.clear()
    Case(tmp_path)
    assert fitted == []
    labels = Labels([f"{n:064x}" for n in range(N)], case.y)
    renamed = Member(case.members[0].backbones, HeadSpec(head="ridge", name="other"))
    case.crossfit(renamed, labels, True, tmp_path)
    assert fitted == []
    other = Member(case.members[0].backbones, HeadSpec(head="ridge", target="sqrt"))
    case.crossfit(other, labels, True, tmp_path)
    assert len(fitted) == 11


@pytest.mark.parametrize(("head", "changes"), [("mlp", True), ("ridge", False)])
def test_the_number_of_threads_is_in_the_key_of_what_tensorflow_trains(
    monkeypatch: pytest.MonkeyPatch, head: str, changes: bool
) -> None:
    y = np.arange(float(N))
    paths = tuple(map(Path, "a" * N))
    dataset = Dataset(np.array([f"{n:02d}" for n in range(N)]), paths, y)
    folds = split(dataset, FoldsSpec(n=4), seed=0)
    member = Member((Case.backbone(None, 0),), HeadSpec(head=head))  # type: ignore[arg-type]
    keys = set()
    for threads in (8, 3):
        monkeypatch.setattr(module, "tensorflow_threads", lambda count=threads: count)
        labels = Labels([f"{n:064x}" for n in range(N)], y)
        keys.add(module._key(member, "features", labels, folds, (0,), 0))
    assert (len(keys) == 2) == changes


def test_nothing_is_read_where_nothing_is_missing(tmp_path: Path) -> None:
    case = Case(tmp_path)

    class Unread(Features):
        def open(self) -> NoReturn:
            raise AssertionError("features are not needed")

    unread = Unread(None, case.members[0].fingerprint)
    labels = Labels([f"{n:064x}" for n in range(N)], case.y)
    again = crossfit(case.members[0], unread, labels, case.folds, True, 0, tmp_path, Silent())
    np.testing.assert_array_equal(again.predictions[(1,)], case.fits[0].predictions[(1,)])


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
    matrix = Features(case.features[0], svr.fingerprint)
    crossfit(svr, matrix, labels, case.folds, True, seed, tmp_path, Silent())
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
    assert len(Case(tmp_path).fits) == 5


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


@pytest.mark.slow
def test_densities_of_a_fold_are_those_of_the_head_that_has_not_seen_it(tmp_path: Path) -> None:
    case = Places(tmp_path / "store")
    names = np.array([f"{n:02d}" for n in range(len(case.y))])
    folds = split(Dataset(names, tuple(map(Path, names)), case.y), FoldsSpec(n=3), seed=0)
    head = HeadSpec(head="density", parameters={**SETTINGS, "least_steps": 5, "epochs": 1})
    member = Member((Case.backbone(None, 0),), head)  # type: ignore[arg-type]
    labels = Labels(case.maps.photos, case.y, boxes=case.boxes)
    maps = Features(case.maps)
    found = crossfit(member, maps, labels, folds, False, 0, tmp_path, Silent())
    assert found.has_densities
    rows, unseen = folds.training(1), folds.held_out(1)
    alone = heads.build(head, seed=0)
    heads.fit(alone, case.maps[rows], case.y[rows], boxes=[case.boxes[row] for row in rows])
    predictions, densities = heads.predict_with_densities(alone, case.maps[unseen])
    np.testing.assert_array_equal(found.densities(1), densities)
    np.testing.assert_array_equal(found.predictions[1,], predictions)
    np.testing.assert_array_equal(alone.predict(case.maps[unseen]), predictions)
    np.testing.assert_allclose(densities.astype(float).sum(axis=(1, 2)), predictions, rtol=2e-3)
    assert set(found.histories[1,]) == {"map", "count"}


def test_heads_on_rows_of_features_keep_no_densities(tmp_path: Path) -> None:
    assert not any(fits.has_densities for fits in Case(tmp_path, nested=False).fits)


def test_damaged_and_exchanged_fits_are_discarded_said_and_fitted_again(
    tmp_path: Path, fitted: list[tuple[int, ...]], caplog: pytest.LogCaptureFixture
) -> None:
    case = Case(tmp_path, nested=False)
    ridge = case.fits[0]
    one, other, cut = (ridge.files[fold,] for fold in range(3))
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])
    cut.write_bytes(cut.read_bytes()[:-1])
    final = ridge.fitted / "head.skops"
    final.write_bytes(b"")
    fitted.clear()
    again = Case(tmp_path, nested=False)
    assert sorted(fitted) == [(), (0,), (1,), (2,)]
    assert {record.getMessage().split(" is damaged (")[0] for record in caplog.records} == {
        str(path) for path in (one, other, cut, ridge.fitted)
    }
    assert (one.read_bytes(), other.read_bytes()) == contents
    for left_out, predictions in ridge.predictions.items():
        np.testing.assert_array_equal(again.fits[0].predictions[left_out], predictions)
    assert heads.load(again.fits[0].fitted).predict(case.features[0]).shape == (N,)


def test_other_features_make_another_piece(tmp_path: Path, fitted: list[tuple[int, ...]]) -> None:
    case = Case(tmp_path, nested=False)
    fitted.clear()
    labels = Labels([f"{n:064x}" for n in range(N)], case.y)
    features = Features(case.features[0], "by another engine")
    crossfit(case.members[0], features, labels, case.folds, False, 0, tmp_path, Silent())
    assert len(fitted) == 5
