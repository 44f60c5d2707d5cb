"""Tests of the density head on photos of which a part is labelled."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from ensemble import heads
from ensemble.heads.density import Density
from ensemble.heads.density_batches import Training, batches
from ensemble.heads.density_labels import training_data
from ensemble.heads.parts import Part
from tests.ensemble.heads.test_density import Case

LEFT = shapely.box(0, 0, 0.5, 1)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("store"))


def left_half(boxes: np.ndarray) -> np.ndarray:
    return boxes[(boxes[:, 0] + boxes[:, 2]) / 2 < 0.5]


def training(case: Case, parts: list[Part | None]) -> Training:
    boxes = [left_half(one) if part else one for one, part in zip(case.boxes, parts, strict=False)]
    target = np.array([len(one) for one in boxes], dtype=np.float64)
    rows = case.maps[np.arange(len(parts))]
    return training_data(rows, target, None, boxes, parts, (8, 12))


def test_only_cells_inside_of_the_area_are_taught(case: Case) -> None:
    area = Part(area=LEFT, is_whole=False)
    taught = training(case, [area, None, Part(area=LEFT, is_whole=True)])
    assert taught.labelled is not None
    assert taught.labelled.inside.mean(axis=(1, 2)).tolist() == [0.5, 1, 0.5]
    assert taught.labelled.regions[..., 0].mean(axis=(1, 2)).tolist() == [0.5, 1, 1]
    assert taught.density[0, :, 6:].max() == 0
    assert taught.density[0].sum() == pytest.approx(len(left_half(case.boxes[0])))
    assert taught.density[1].sum() == pytest.approx(len(case.boxes[1]))


def test_the_mean_count_is_that_of_whole_frames(case: Case) -> None:
    area = Part(area=LEFT, is_whole=False)
    taught = training(case, [area] * 8)
    assert taught.mean_count == pytest.approx(2 * float(taught.target.mean()))


def test_where_all_is_labelled_batches_are_what_they_were(case: Case) -> None:
    rows = case.maps[np.arange(10)]
    given = rows, case.y[:10], None, case.boxes[:10]
    plain = training_data(*given, None, (8, 12))
    assert training_data(*given, [None] * 10, (8, 12)).labelled is None
    maps, truth, _ = next(batches(plain, 4, np.random.RandomState(0)))
    assert len(maps) == 2
    assert truth["density"].shape == (4, 8, 12)


def test_batches_mirror_what_is_labelled_with_their_photos(case: Case) -> None:
    taught = training(case, [Part(area=LEFT, is_whole=False)] * 16)
    *_, regions = (first := next(batches(taught, 16, np.random.RandomState(0))))[0]
    inside = first[1]["density"][..., 1]
    sides = {tuple(one[0].tolist()) for one in inside}
    assert sides == {(1.0,) * 6 + (0.0,) * 6, (0.0,) * 6 + (1.0,) * 6}
    np.testing.assert_array_equal(regions[..., 0], inside)
    assert (first[1]["density"][..., 0] * (1 - inside)).max() == 0


def test_counts_of_regions_are_sums_over_them(case: Case) -> None:
    regions = LEFT, shapely.box(0.5, 0, 1, 0.5)
    part = Part(regions=regions, counts=(2.0, 1.0))
    target = np.array([3.0, 4.0])
    taught = training_data(case.maps[np.arange(2)], target, None, None, [part, None], (8, 12))
    assert taught.labelled is not None
    assert taught.labelled.counts.tolist() == [[[3, 1], [2, 1], [1, 1]], [[4, 1], [0, 0], [0, 0]]]
    assert taught.labelled.regions.sum(axis=(1, 2)).tolist() == [[96, 48, 24], [96, 0, 0]]
    assert taught.located.tolist() == [0, 0]
    part = Part(regions=regions, counts=(2.0, 1.0), is_whole=False)
    taught = training_data(case.maps[np.arange(1)], target[:1], None, None, [part], (8, 12))
    assert taught.labelled is not None
    assert taught.labelled.counts.tolist() == [[[2, 1], [1, 1]]]


SETTINGS = {"stride": 8, "width": 24, "least_steps": 300, "learning_rate": 0.01}


@pytest.mark.slow
def test_half_of_each_photo_teaches_to_count_whole_ones(case: Case) -> None:
    boxes = [left_half(one) for one in case.boxes]
    rows = case.training
    parts = [Part(area=LEFT, is_whole=False)] * len(rows)
    target = np.array([len(boxes[row]) for row in rows], dtype=np.float64)
    head = Density(**SETTINGS)
    head.fit(case.maps[rows], target, boxes=[boxes[row] for row in rows], parts=parts)
    assert case.error(head) < 0.6 * case.constant
    assert all(np.isfinite(head.history_["map"]))

    held_out = case.maps[case.test]
    parts = [Part(area=LEFT, is_whole=False)] * len(case.test)
    counts, densities = heads.predict_with_densities(head, held_out, parts)
    np.testing.assert_allclose(counts, densities[:, :, :6].sum(axis=(1, 2), dtype=float), rtol=0.01)
    truth = np.array([len(boxes[row]) for row in case.test])
    assert np.abs(counts - truth).mean() < 0.6 * np.abs(truth - np.median(truth)).mean()
    whole, _ = heads.predict_with_densities(head, held_out, [None] * len(case.test))
    np.testing.assert_array_equal(whole, head.predict(held_out))


@pytest.mark.slow
def test_counts_of_regions_alone_teach_where_objects_are(case: Case) -> None:
    quarters = [shapely.box(x, y, x + 0.5, y + 0.5) for x in (0, 0.5) for y in (0, 0.5)]
    parts = []
    for boxes in case.boxes:
        centre = (boxes[:, :2] + boxes[:, 2:]) / 2
        inside = [int(shapely.contains_xy(one, *centre.T).sum()) for one in quarters]
        parts.append(Part(regions=tuple(quarters), counts=tuple(map(float, inside))))
    rows = case.training
    head = Density(**SETTINGS).fit(case.maps[rows], case.y[rows], parts=[parts[r] for r in rows])
    assert case.error(head) < case.error(case.fit(None))
