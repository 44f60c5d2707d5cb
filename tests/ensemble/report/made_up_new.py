"""New photos that no run has predicted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ensemble.report.evidence import by_photo
from ensemble.report.predicted import Predicted
from tests.ensemble.report.made_up import numbers


def predicted(count: int = 100, far: int = 5, **changes: Any) -> Predicted:
    """`count` photos like those of the fit, of which `far` lie far from these."""
    table = numbers(count, seed=1).set_index("name").drop(columns=["fold", "target"])
    table["novelty"] = np.linspace(0.5, 0.9, count)
    table.iloc[:far, -1] = np.linspace(1.6, 1.1, far)
    content = {
        "run": "runs/seeds",
        "unit": "seeds",
        "table": table,
        "paths": {name: Path(name) for name in table.index},
        "known": by_photo(numbers(), ["target", "stack"]),
        "own": np.r_[np.full(19, 1.2), np.full(381, 0.8)],
    }
    return Predicted(**(content | changes))
