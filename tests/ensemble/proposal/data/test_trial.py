from __future__ import annotations

from pathlib import Path

import ensemble
from tests.ensemble.proposal.drawn import NAMES, data, draw_cells, write_lines


def test_places_that_a_fit_would_refuse_are_left_out_and_said(here: Path) -> None:
    centres = {name: draw_cells(here / "d" / name, n) for n, name in enumerate(NAMES)}
    write_lines(here / "d/n.csv", ["f,v", *(f"{name},{len(one)}" for name, one in centres.items())])
    points = [f"{name},{x / 96:.4f},{y / 64:.4f}" for name, one in centres.items() for x, y in one]
    write_lines(here / "d/p.csv", ["f,x,y", *points])
    proposal = ensemble.init("d")
    assert "points" not in data(proposal)
    assert "they must be in pixels" in proposal.cautions[0]
