"""Tests of the density head, on maps in which an object is one bright channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from backbones.errors import InputError
from backbones.features.maps import Maps, Source
from backbones.features.store import FeatureStore
from backbones.plural import count
from ensemble import heads
from ensemble.heads import density_losses, density_network
from ensemble.heads.density import Density
from ensemble.heads.density_batches import Training, batches
from ensemble.heads.spec import HeadSpec

N = 60
SHAPES = ((8, 12, 4), (4, 6, 3))
SETTINGS = {"stride": 8, "width": 24, "least_steps": 300, "learning_rate": 0.01}


class Case:
    """Photos of up to six objects; a map at stride 8 shows them, one at stride 16 is noise."""

    def __init__(self, folder: Path) -> None:
        draw = np.random.default_rng(0)
        fine = draw.normal(0, 0.3, (N, *SHAPES[0]))
        coarse = draw.normal(0, 0.3, (N, *SHAPES[1]))
        self.boxes = []
        for photo in fine:
            cells = draw.choice(8 * 12, draw.integers(0, 7), replace=False)
            rows, columns = np.unravel_index(cells, (8, 12))
            photo[rows, columns, 1] += 3
            left, top = columns / 12, rows / 8
            self.boxes.append(np.column_stack([left, top, left + 1 / 12, top + 1 / 8]))
        self.y = np.array([len(boxes) for boxes in self.boxes], dtype=np.float64)
        self.store = FeatureStore(folder, 8 * 12 * 4 + 4 * 6 * 3, "float16")
        photos = [f"{n:064x}" for n in range(N)]
        rows = np.hstack([fine.reshape(N, -1), coarse.reshape(N, -1)])
        self.store.write(photos, rows.astype(np.float16))
        self.maps = Maps((Source(self.store, SHAPES),), photos, (64, 96))
        self.training, self.test = np.arange(40), np.arange(40, N)

    def fit(self, boxes: list[np.ndarray | None] | None, **settings: int) -> Density:
        head = Density(**{**SETTINGS, **settings})
        rows = self.training
        return head.fit(self.maps[rows], self.y[rows], boxes=boxes and [boxes[r] for r in rows])

    def error(self, head: Density) -> float:
        """Mean absolute, on photos that it has not seen."""
        return float(np.abs(head.predict(self.maps[self.test]) - self.y[self.test]).mean())

    @property
    def constant(self) -> float:
        middle = np.median(self.y[self.training])
        return float(np.abs(self.y[self.test] - middle).mean())


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def fitted(case: Case) -> Density:
    return case.fit(list(case.boxes))


def test_it_counts_what_it_has_not_seen(case: Case, fitted: Density) -> None:
    assert case.error(fitted) < 0.4 * case.constant


def test_it_finds_where_objects_lie(case: Case, fitted: Density) -> None:
    found = np.concatenate(list(fitted.densities(case.maps[case.test])))
    assert found.shape == (20, 8, 12)
    np.testing.assert_allclose(
        found.sum(axis=(1, 2)), fitted.predict(case.maps[case.test]), rtol=1e-5
    )
    for density, boxes in zip(found, (case.boxes[row] for row in case.test), strict=True):
        if len(boxes):
            rows = np.round(boxes[:, 1] * 8).astype(int)
            columns = np.round(boxes[:, 0] * 12).astype(int)
            assert density[rows, columns].mean() > 3 * density.mean()


def test_a_photo_and_its_mirror_image_have_one_count(case: Case, fitted: Density) -> None:
    read = case.maps.read(case.test)
    rows = np.hstack([one[:, :, ::-1].reshape(20, -1) for one in read])
    mirrored = [f"{1000 + n:064x}" for n in range(20)]
    case.store.write(mirrored, rows)
    found = fitted.predict(Maps((Source(case.store, SHAPES),), mirrored, (64, 96)))
    np.testing.assert_allclose(found, fitted.predict(case.maps[case.test]), rtol=1e-4)


@pytest.mark.slow
def test_it_learns_from_counts_alone_and_from_a_mixture(case: Case) -> None:
    counts = case.fit(None)
    assert case.error(counts) < 0.7 * case.constant
    mixture = [boxes if n % 4 == 0 else None for n, boxes in enumerate(case.boxes)]
    assert case.error(case.fit(mixture)) < 0.5 * case.constant


def _counted(case: Case) -> Training:
    """Photos of which the count alone is known, those of many with a smaller weight."""
    rows = case.training
    return Training(
        case.maps[rows],
        case.y[rows].astype(np.float32),
        np.zeros((len(rows), 8, 12), dtype=np.float32),
        np.zeros(len(rows), dtype=np.float32),
        np.where(case.y[rows] > 2, 1, 3).astype(np.float32),
    )


def test_it_starts_from_the_mean_count(case: Case) -> None:
    grid, training = (8, 12), _counted(case)
    network = density_network.build(training, grid, 24, np.random.RandomState(0))
    last = [layer for layer in network.layers if layer.name.startswith("convolution")][-1]
    last.kernel.assign(np.zeros(last.kernel.shape))
    densities = np.concatenate(list(density_network.predict(network, case.maps, 16)))
    assert densities.shape == (N, *grid)
    mean = np.average(training.target, weights=training.weights)
    np.testing.assert_allclose(densities.sum(axis=(1, 2)), mean, rtol=1e-4)


@pytest.mark.slow
def test_batches_hold_each_photo_equally_often(case: Case) -> None:
    training = _counted(case)
    coming = batches(training, 16, np.random.RandomState(0))
    counts = np.concatenate([next(coming)[1]["count"][:, 0] for _ in range(5)])
    np.testing.assert_array_equal(np.sort(counts), np.sort(np.tile(training.target, 2)))
    (all_of_them, *_), _, _ = next(batches(training, 100, np.random.RandomState(0)))
    assert len(all_of_them) == len(training.target)


def test_it_is_trained_as_by_keras(case: Case) -> None:
    training, weights = _counted(case), []
    for by_keras in (False, True):
        random = np.random.RandomState(0)
        network = density_network.build(training, (8, 12), 24, random)
        if by_keras:
            trainer = density_network.compile_trainer(network, random, 12, 0.01)
            trainer.fit(
                batches(training, 16, random),
                steps_per_epoch=3,
                epochs=4,
                shuffle=False,
                verbose=0,
            )
        else:
            density_network.train(
                network, training, random, steps=12, batch_size=16, learning_rate=0.01
            )
        weights.append(network.get_weights())
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_photos_of_weight_0_teach_nothing(case: Case) -> None:
    rows, wrong = case.training, case.y[case.training].copy()
    weight = np.where(rows % 2, 1.0, 0.0)
    wrong[::2] = 50
    head = Density(**SETTINGS)
    boxes = [case.boxes[row] if row % 2 else None for row in rows]
    head.fit(case.maps[rows], wrong, sample_weight=weight, boxes=boxes)
    assert case.error(head) < 0.5 * case.constant


@pytest.mark.slow
def test_the_grid_may_be_coarser_or_finer_than_the_maps(case: Case) -> None:
    for stride, grid in ((16, (4, 6)), (8, (8, 12)), (4, (16, 24))):
        head = case.fit(list(case.boxes), stride=stride, least_steps=5, epochs=1)
        assert next(head.densities(case.maps)).shape[1:] == grid


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_back_the_same_numbers(
    case: Case, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        heads.save(case.fit(list(case.boxes), least_steps=20, epochs=1), tmp_path / name)
    for file in ("head.skops", "network.keras"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    fresh = case.fit(list(case.boxes), least_steps=20, epochs=1)
    loaded = heads.load(tmp_path / "a")
    np.testing.assert_array_equal(loaded.predict(case.maps), fresh.predict(case.maps))


def test_it_keeps_its_losses(case: Case) -> None:
    head = case.fit(list(case.boxes), least_steps=24, epochs=2)  # 40 photos in 8 batches
    assert {name: len(values) for name, values in head.history_.items()} == {"map": 3, "count": 3}
    assert head.history_["map"][-1] < head.history_["map"][0]


def test_the_error_of_the_cover_is_scikit_learns_log_loss() -> None:
    draw = np.random.default_rng(0)
    logits, truth = draw.normal(0, 3, (5, 4, 6)), draw.integers(0, 2, (5, 4, 6))
    found = density_losses._cross_entropy(truth.astype(np.float32), logits.astype(np.float32))
    for photo in range(5):
        peer = log_loss(truth[photo].ravel(), expit(logits[photo].ravel()), normalize=False)
        assert float(found[photo]) == pytest.approx(peer, rel=1e-4)


def test_what_covers_a_cell_is_learned_but_not_asked_for(fitted: Density) -> None:
    assert fitted.network_.output.shape[1:] == (8, 12)
    assert not any(layer.name.startswith("cover") for layer in fitted.network_.layers)


def test_training_that_diverges_is_an_error(case: Case) -> None:
    rows = case.training
    with pytest.raises(InputError, match=r"^density: training diverged; lower learning_rate$"):
        Density(**SETTINGS | {"learning_rate": 1e30}).fit(case.maps[rows], case.y[rows])


def test_a_target_below_0_is_refused(case: Case) -> None:
    with pytest.raises(InputError) as caught:
        Density().fit(case.maps, case.y - 1)
    assert str(caught.value) == (
        "density: a density cannot add up to less than 0, and "
        f"{count(int((case.y < 1).sum()), 'target', 'is')}; take another head"
    )


def test_it_adds_up_so_that_no_other_scale_is_possible() -> None:
    with pytest.raises(ValueError, match="density adds up over places: leave out target: sqrt"):
        HeadSpec(head="density", target="sqrt")
