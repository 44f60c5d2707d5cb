from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backbones.errors import InputError
from ensemble.estimators.paths import validate_paths

GOOD = [["a", "b"], np.array(["a", "b"]), pd.Series(["a", "b"]), pd.DataFrame({"p": ["a", "b"]})]
WRONG = [
    ("a.jpg", "a single one is ['a.jpg']"),
    ([], "it has 0 rows"),
    (np.zeros((2, 3)), "of shape (n,) or (n, 1), not (2, 3)"),
    (["a", 1.5, None], "X must hold paths of photos, as str or Path:\n  - row 1: 1.5\n  - row 2"),
]


@pytest.mark.parametrize("X", GOOD, ids=lambda X: type(X).__name__)
def test_a_column_of_any_kind(X: Any) -> None:
    assert validate_paths(X) == (Path("a"), Path("b"))


@pytest.mark.parametrize(("X", "message"), WRONG)
def test_what_is_no_column_of_paths(X: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        validate_paths(X)
    assert message in str(caught.value)
