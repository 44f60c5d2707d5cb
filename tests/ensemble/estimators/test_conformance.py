"""scikit-learn's own checks, as far as paths of photos allow.

The checks feed matrices of numbers. Each of their rows is drawn as a photo here, so that all that
does not hang on the numbers themselves is tried.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.utils import check_array
from sklearn.utils.estimator_checks import parametrize_with_checks

from ensemble import BackboneEnsemble, BackboneFeatures
from ensemble.estimators import backbone_ensemble, backbone_features
from tests.ensemble.brightness import save_network

ENGINE: Any = "tensorflow"
ESTIMATORS = [
    BackboneFeatures(model="small.keras", preprocessing="tf", engine=ENGINE, cache_dir="cache"),
    BackboneEnsemble(
        [
            {
                "model": "small.keras",
                "preprocessing": "tf",
                "pooling": "flatten",  # stripes differ in place
                "heads": ["ridge"],
            }
        ],
        folds=2,
        stack="mean",
        engine=ENGINE,
        cache_dir="cache",
    ),
]
_ONE_COLUMN = "X is one column of paths; what is drawn on the photos is no feature of X"
EXPECTED = {
    BackboneFeatures: {
        "check_n_features_in": _ONE_COLUMN,
        "check_n_features_in_after_fitting": _ONE_COLUMN,
        "check_transformer_general": f"other numbers of columns are to fail: {_ONE_COLUMN}",
    },
    BackboneEnsemble: {
        "check_n_features_in": _ONE_COLUMN,
        "check_n_features_in_after_fitting": _ONE_COLUMN,
        "check_sample_weight_equivalence_on_dense_data": (
            "folds, copies of photos and the standardisation of features count rows, whatever "
            "their weight"
        ),
    },
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the network, the cache and the photos of all checks."""
    folder = tmp_path_factory.mktemp("checks")
    save_network(folder / "small.keras")
    return folder


@pytest.fixture
def drawn_rows(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of numbers stand for the paths of photos that show them, one stripe a number."""
    monkeypatch.chdir(place)

    def draw(X: Any) -> tuple[Path, ...]:
        # Which numbers may be rows is scikit-learn's to say; which paths, test_paths.py tries.
        return tuple(_draw(row) for row in check_array(X, dtype=np.float64))

    for module in (backbone_ensemble, backbone_features):
        monkeypatch.setattr(module, "validate_paths", draw)


def _draw(row: np.ndarray) -> Path:
    path = Path(f"{hashlib.sha256(row.tobytes()).hexdigest()[:16]}.png")
    if not path.exists():
        level = np.clip(128 + 24 * np.arcsinh(row), 0, 255).astype(np.uint8)
        stripes = np.repeat(level, -(-32 // len(level)))[:32]
        Image.fromarray(np.tile(stripes, (32, 1))).save(path)
    return path


@pytest.mark.usefixtures("drawn_rows")
@parametrize_with_checks(
    ESTIMATORS,
    expected_failed_checks=lambda estimator: EXPECTED[type(estimator)],
    xfail_strict=True,  # what no longer fails is to leave the list
)
def test_scikit_learns_check(estimator: Any, check: Any) -> None:
    check(estimator)
