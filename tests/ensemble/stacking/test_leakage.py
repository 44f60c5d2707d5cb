"""A target that has nothing to do with the photos cannot be predicted by what has not seen it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.progress import Silent
from ensemble.config.config import FoldsSpec, StackSpec
from ensemble.config.member import Member
from ensemble.heads import HeadSpec
from ensemble.photos.copies import tie
from ensemble.photos.dataset import Dataset
from ensemble.scoring.leaderboard import CONSTANT, rank
from ensemble.stacking.crossfit import crossfit
from ensemble.stacking.fits import Labels
from ensemble.stacking.folds import split
from ensemble.stacking.outoffold import OutOfFold
from ensemble.stacking.stack import StackLabels, fit_stack
from tests.ensemble.stacking.test_stack import Case, Features

N, WIDTH = 60, 8
LIMITS = (0.0, 12.0)
HEADS = [
    HeadSpec(head="ridge"),
    HeadSpec(head="svr", target="sqrt", parameters={"C": 1.0, "gamma": 1.0}),  # knows a copy
    HeadSpec(head="KNeighborsRegressor", name="knn", target="log1p"),
]


def ratio(seed: int, cache: Path, copied: str = "no") -> float:
    """The RMSE of the nested stack as a share of the constant's, of a target drawn at random.

    With `copied`, every second photo is a copy of the one before: ``apart`` or ``together``.
    """
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(N, WIDTH)).astype(np.float32)
    y = draw.permutation(np.clip(draw.gamma(2.0, 2.0, N), *LIMITS))
    names = np.array([f"{n:03d}" for n in range(N)])
    photos = Dataset(names, tuple(map(Path, names)), y)
    if copied != "no":
        features[1::2], y[1::2] = features[::2] + 0.01, y[::2]
    if copied == "together":
        photos = tie(photos, np.arange(N) // 2)
    folds = split(photos, FoldsSpec(n=3), seed)
    labels = Labels([f"{seed:032x}{n:032x}" for n in range(N)], y)
    backbone = Case.backbone(None, 0)  # type: ignore[arg-type]
    fits = [
        crossfit(
            Member((backbone,), head),
            Features(features),
            labels,
            folds,
            True,
            seed,
            cache,
            Silent(),
        )
        for head in HEADS
    ]
    table = OutOfFold.from_fits(fits, folds)
    known = StackLabels(y, None, np.ones(N, dtype=bool))
    nested = np.clip(fit_stack(StackSpec(), table, known, seed).nested, *LIMITS)
    scores = rank(table, nested, y, None, None).scores
    return scores["stack"].rmse / scores[CONSTANT].rmse


def margin(ratios: list[float]) -> float:
    """How many standard errors the mean of the ratios lies below 1."""
    return float((1 - np.mean(ratios)) / (np.std(ratios, ddof=1) / np.sqrt(len(ratios))))


def test_a_target_at_random_is_predicted_no_better_than_by_the_constant(tmp_path: Path) -> None:
    assert margin([ratio(seed, tmp_path) for seed in range(3)]) < 2


@pytest.mark.slow
@pytest.mark.parametrize("copied", ["no", "together"])
def test_over_ten_seeds_too_and_with_copies_kept_together(copied: str, tmp_path: Path) -> None:
    assert margin([ratio(seed, tmp_path, copied) for seed in range(10)]) < 2


def test_copies_on_both_sides_would_be_seen_by_it(tmp_path: Path) -> None:
    ratios = [ratio(seed, tmp_path, "apart") for seed in range(2)]
    assert max(ratios) < 0.9
    assert margin(ratios) > 2
