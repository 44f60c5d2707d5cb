from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ensemble.config.config import Config
from ensemble.config.experiment import Experiment
from ensemble.heads import HeadSpec
from ensemble.report import page
from ensemble.report.contact_sheet import contact_sheet
from ensemble.report.density_view import DensityView
from ensemble.scoring.leaderboard import Leaderboard, rank
from ensemble.scoring.result import FitResult
from ensemble.stacking.crossfit import MemberFits
from ensemble.stacking.outoffold import OutOfFold
from tests.ensemble.report.test_density_view import made_up


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, list[str]], str]]:
    """The names of the photos in each row, and the heading."""
    seen: list[tuple[dict[str, list[str]], str]] = []

    def draw(rows: Mapping[str, Sequence[DensityView]], heading: str, note: str) -> bytes:
        seen.append(({name: [view.name for view in row] for name, row in rows.items()}, heading))
        return b"drawn"

    monkeypatch.setattr(page, "draw_page", draw)
    return seen


def sheet(fits: list[MemberFits], folder: Path, limit: float | None = None) -> bytes | None:
    photos, folds, _ = made_up(folder)
    table = OutOfFold.from_fits(fits, folds)
    board: Leaderboard = rank(table, photos.target[table.photo], photos.target, None, None)
    config = Config.model_validate(
        {
            "data": {"folder": ".", "columns": {"target": "seeds"}},
            "backbones": [{"application": "MobileNet", "heads": ["ridge"]}],
            "score": {"set_aside_above": limit},
            "cache_dir": str(folder / "cache"),
        }
    )
    unused: Any = None
    return contact_sheet(
        FitResult(Experiment(config, ()), photos, folds, tuple(fits), table, unused, board, unused)
    )


def test_it_shows_the_best_head_with_densities_on_photos_not_set_aside(
    tmp_path: Path, drawn: list[tuple[dict[str, list[str]], str]]
) -> None:
    good = made_up(tmp_path)[2]  # errors 0, 0.125, 0.125, 0 in the first repeat
    bad = replace(
        good,
        member=replace(good.member, head=HeadSpec(head="density", name="worse")),
        predictions={held: said + 1 for held, said in good.predictions.items()},
    )
    pooled = replace(
        good,
        member=replace(good.member, head=HeadSpec(head="ridge")),
        predictions={held: np.floor(said) for held, said in good.predictions.items()},
    )
    assert sheet([bad, pooled, good], tmp_path) == b"drawn"
    assert sheet([bad, pooled, good], tmp_path, limit=2) == b"drawn"
    assert sheet([bad, pooled, good], tmp_path) == b"drawn"  # by then it is kept
    titles = [
        "Best: among the smallest errors",
        "Typical: around the median error",
        "Worst: the largest errors",
    ]
    assert drawn == [
        (dict(zip(titles, rows, strict=True)), "seeds by b0.density: RMSE 0.234 ± 0.021")
        for rows in ([["a"], ["d"], ["c"]], [["a"], ["b"], ["c"]])
    ]


def test_nothing_is_drawn_where_no_head_has_densities(
    tmp_path: Path, drawn: list[tuple[dict[str, list[str]], str]]
) -> None:
    fits = made_up(tmp_path)[2]
    ridge = replace(fits, member=replace(fits.member, head=HeadSpec(head="ridge")))
    assert sheet([ridge], tmp_path) is None
    assert drawn == []
