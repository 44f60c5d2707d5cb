from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ensemble.heads.density_map import density_map
from ensemble.photos.objects import Objects
from ensemble.scoring.located import Located
from ensemble.scoring.places import PlaceRules, Places
from ensemble.scoring.points import PointRule, Tried, fit_points
from ensemble.scoring.regions import count_centres, fit_regions

GRID = (8, 12)


@dataclass
class Fits:
    """Densities (photos, rows, columns) that are seen of each photo."""

    seen: np.ndarray
    fold: np.ndarray
    member: Any = field(
        default_factory=lambda: SimpleNamespace(name="m.density", view=((64, 96), "squash"))
    )

    def densities(self, fold: int) -> np.ndarray:
        return self.seen[self.fold == fold].astype(np.float16)


def made_up(photos: int = 60, unknown: int = 0, seed: int = 0) -> tuple[Located, np.ndarray]:
    """Photos with points; each is seen where it is, as 0.9 of an object."""
    random = np.random.default_rng(seed)
    boxes: list[Any] = []
    for number in range(photos):
        centres = random.uniform(0.05, 0.95, (random.integers(0, 5), 2))
        boxes.append(None if number < unknown else np.hstack([centres, centres]))
    known = [np.empty((0, 4)) if one is None else one for one in boxes]
    counts = np.array([float(len(one)) for one in known])
    seen = np.stack([density_map(one, GRID) for one in known]) * 0.9
    fold = np.arange(photos) % 3
    order = np.argsort(fold, kind="stable")
    table = SimpleNamespace(
        photo=order, fold=fold[order], repeat=np.zeros(photos, dtype=int), is_ordered=False
    )
    objects = Objects(boxes, [(64, 96)] * photos)
    return Located(objects, Fits(seen, fold), table, counts[order]), counts  # type: ignore[arg-type]


def test_the_stack_says_how_many_and_the_density_where() -> None:
    located, counts = made_up()
    everywhere = np.ones(len(counts), dtype=bool)
    found = fit_regions(located, 0.9, (0.0, np.inf), everywhere, seed=0)
    assert found is not None
    assert (found.photos, found.boxes) == (60, 8 * 60)
    assert found.quarters is not None
    assert found.quarters.mean_count == pytest.approx(counts.mean() / 4)
    assert found.quarters.rmse < 0.3  # objects that a border cuts
    assert 0.85 <= found.share <= 1
    lower, upper = found.intervals.around(np.array([0.0, 2.0]), (0.0, np.inf))
    assert lower[0] == 0
    assert lower[1] < 2 < upper[1]
    again = fit_regions(located, 0.9, (0.0, np.inf), everywhere, seed=0)
    assert again == found or again.metrics == found.metrics  # type: ignore[union-attr]


def test_photos_of_unknown_places_and_of_weight_0_have_no_part() -> None:
    located, counts = made_up(unknown=20)
    some = np.ones(len(counts), dtype=bool)
    found = fit_regions(located, 0.9, (0.0, np.inf), some, seed=0)
    points = fit_points(located)
    assert found is not None
    assert points is not None
    assert found.photos == points.photos == 40
    none = replace(located, weight=np.zeros(len(counts)))
    assert fit_regions(none, 0.9, (0.0, np.inf), some, seed=0) is None
    assert fit_points(none) is None
    nothing_counted = fit_regions(located, 0.9, (0.0, np.inf), ~some, seed=0)
    assert nothing_counted is not None
    assert nothing_counted.quarters is None


def test_photos_without_objects_alone_tell_nothing() -> None:
    located, _ = made_up()
    assert located.has_objects
    boxes = [one if one is None or not len(one) else None for one in located.objects.boxes]
    empty = replace(located, objects=replace(located.objects, boxes=boxes))
    assert any(one is not None for one in boxes)
    assert not empty.has_objects


def test_points_are_found_where_they_are() -> None:
    located, counts = made_up()
    found = fit_points(located)
    assert found is not None
    assert found.objects == counts.sum()
    assert found.rule.distance == 1
    assert found.precision > 0.95
    assert found.recall > 0.8  # some lie in one cell
    assert found.points == pytest.approx(found.recall * found.objects / found.precision)


def test_a_fold_is_scored_by_the_rule_of_the_others() -> None:
    """Of one fold a threshold that fits the others finds nothing."""
    located, _ = made_up()
    fits: Any = located.fits
    fits.seen[fits.fold == 0] *= 0.1
    found = fit_points(located)
    assert found is not None
    own = sum(len(located.boxes(photo)) for photo in np.flatnonzero(fits.fold == 0))
    assert found.recall <= 1 - own / found.objects
    assert found.precision > 0.95


def test_of_ordered_folds_only_earlier_ones_decide_and_nothing_is_measured_on_the_first() -> None:
    located, counts = made_up()
    located.table.is_ordered = True  # type: ignore[misc]
    assert [located.others(fold).tolist() for fold in range(3)] == [[], [0], [0, 1]]
    points = fit_points(located)
    assert points is not None
    assert points.objects == counts[np.arange(60) % 3 > 0].sum()
    regions = fit_regions(located, 0.9, (0.0, np.inf), counts >= 0, seed=0)
    assert regions is not None
    assert regions.mean_width is not None
    located.fits.seen[located.fits.fold == 0] *= 0.1  # type: ignore[attr-defined]
    again = fit_points(located)
    assert again is not None
    assert again.objects == points.objects


def test_the_best_threshold_takes_peaks_of_one_score_together() -> None:
    score, hits = np.array([0.5, 0.9, 0.5, 0.1]), np.array([True, True, False, True])
    f1, threshold = Tried(score, hits, 3).best()
    assert (f1, threshold) == (pytest.approx(6 / 7), 0.1)
    assert Tried(score, hits, 3).above(0.5) == (3, 2)
    assert Tried(np.empty(0), np.empty(0, dtype=bool), 2).best() == (0.0, 1.0)


def test_every_object_is_in_one_quarter() -> None:
    located, counts = made_up()
    quarters = np.array([[0, 0, 0.5, 0.5], [0.5, 0, 1, 0.5], [0, 0.5, 0.5, 1], [0.5, 0.5, 1, 1]])
    for photo, count in enumerate(counts):
        assert count_centres(located.boxes(photo), quarters).sum() == count
    middle = np.full((1, 4), 0.5)
    assert count_centres(middle, quarters).tolist() == [0, 0, 0, 1]


def test_rules_come_back_as_they_were_and_others_are_refused() -> None:
    located, counts = made_up()
    regions = fit_regions(located, 0.9, (0.0, np.inf), counts >= 0, seed=0)
    rules = Places("m.density", regions, fit_points(located)).rules
    back = PlaceRules.from_json(rules.to_json())
    assert back.to_json() == rules.to_json()
    empty = PlaceRules("m.density", None, None)
    assert PlaceRules.from_json(empty.to_json()) == empty
    for wrong in ({}, {"member": "m", "intervals": 3, "points": None}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            PlaceRules.from_json(wrong)
    for distance, threshold in ((9, 0.5), (1, -1), (1, "nan"), (1, "x")):
        with pytest.raises((TypeError, ValueError)):
            PointRule.from_json({"distance": distance, "threshold": threshold})


def test_points_of_canvases_of_several_sizes_are_those_of_each_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As of photos in tiles: those of one size come together, large ones a few at a time."""
    located, _ = made_up()
    expected = fit_points(located)
    assert expected is not None
    monkeypatch.setattr("ensemble.scoring.located._TOGETHER", 3 * GRID[0] * GRID[1])
    assert fit_points(located) == expected
    view = next(located.views())
    assert [len(rows) for rows, _ in view.by_grid] == [3] * 6 + [2]
    grids = [GRID, (16, 6), GRID, (16, 6), (30, 30)]
    mixed = replace(view, densities=[np.full(one, n, "f2") for n, one in enumerate(grids)])
    found = [(rows.tolist(), seen[:, 0, 0].tolist()) for rows, seen in mixed.by_grid]
    assert found == [([0, 2], [0, 2]), ([1, 3], [1, 3]), ([4], [4])]
