"""Tests of ensemble.heads.archive."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from backbones.errors import InputError
from ensemble.heads import HeadSpec, build, catalog, fit, load, save, takes_maps
from ensemble.heads.archive import TRUSTED

_MLP = {"layers": [8], "epochs": 2}
_USABLE = catalog.names()
_SMALL: dict[str, dict[str, Any]] = {
    "mlp": _MLP,
    "MLPRegressor": {"max_iter": 20},
    "RadiusNeighborsRegressor": {"radius": 10.0},
    **{
        name: {"n_estimators": 3}
        for name in _USABLE
        if "n_estimators" in catalog._constructor(catalog.regressor_class(name))
    },
}


def _problem() -> tuple[Any, Any]:
    draw = np.random.default_rng(0)
    X = draw.normal(size=(60, 5)).astype(np.float32)
    X[:, 4] = 0.1
    return X, np.abs(X[:, 0] * 2 + X[:, 1]) + 0.1


def _fitted(head: str, target: Any = "none", **parameters: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence on so few rows, and of deprecation
        spec = HeadSpec(head=head, target=target, parameters={**_SMALL.get(head, {}), **parameters})
        return fit(build(spec, seed=0), *_problem())


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.filterwarnings("ignore:Class PassiveAggressiveRegressor is deprecated")
@pytest.mark.parametrize(
    ("head", "target"),
    [
        # A head that looks at places takes no rows: test_density saves it.
        *((name, "none") for name in [*catalog.OWN, *_USABLE] if not takes_maps(name)),
        *((name, "sqrt") for name in ("ridge", "svr", "mlp", "RandomForestRegressor")),
        ("ridge", "log1p"),
    ],
)
def test_a_head_comes_back_as_it_was(tmp_path: Path, head: str, target: str) -> None:
    fitted, (X, _) = _fitted(head, target), _problem()
    save(fitted, tmp_path / "first")
    back = load(tmp_path / "first")
    np.testing.assert_array_equal(back.predict(X), fitted.predict(X))
    save(back, tmp_path / "second")
    assert _files(tmp_path / "second") == _files(tmp_path / "first")
    names = {"head.skops", "network.keras"} if head == "mlp" else {"head.skops"}
    assert _files(tmp_path / "first").keys() == names


@pytest.mark.parametrize(
    ("head", "parameters"),
    [
        ("TweedieRegressor", {"power": 1.5, "link": "log"}),
        ("MLPRegressor", {"solver": "sgd"}),
        ("MLPRegressor", {"solver": "lbfgs"}),
        ("HistGradientBoostingRegressor", {"early_stopping": True, "loss": "poisson"}),
        ("HistGradientBoostingRegressor", {"loss": "quantile", "quantile": 0.4}),
        ("GradientBoostingRegressor", {"loss": "huber"}),
        ("SGDRegressor", {"early_stopping": True, "loss": "huber"}),
        ("KNeighborsRegressor", {"metric": "cosine", "weights": "distance"}),
        ("BaggingRegressor", {"max_features": 0.5, "oob_score": False}),
        ("DecisionTreeRegressor", {"criterion": "absolute_error", "max_leaf_nodes": 4}),
    ],
)
def test_parameters_do_not_hinder(tmp_path: Path, head: str, parameters: Any) -> None:
    fitted, (X, _) = _fitted(head, **parameters), _problem()
    save(fitted, tmp_path)
    np.testing.assert_array_equal(load(tmp_path).predict(X), fitted.predict(X))


def test_an_mlp_keeps_its_history_and_its_network_opens_alone(tmp_path: Path) -> None:
    import keras

    fitted, (X, _) = _fitted("mlp"), _problem()
    save(fitted, tmp_path)
    assert load(tmp_path).history_ == fitted.history_  # type: ignore[attr-defined]
    network = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    np.testing.assert_allclose(network(X)[:, 0], fitted.predict(X), rtol=1e-6)
    assert not network.compiled


_SCRIPT = """
import sys, warnings
from pathlib import Path
import numpy as np
from ensemble.heads import HeadSpec, build, fit, save
warnings.simplefilter("ignore")
draw = np.random.default_rng(0)
X = draw.normal(size=(60, 5)).astype(np.float32)
y = np.abs(X[:, 0] * 2 + X[:, 1]) + 0.1
for number in range(2):
    for head, target, parameters in eval(sys.argv[2]):
        spec = HeadSpec(head=head, target=target, parameters=parameters)
        save(fit(build(spec, seed=0), X, y), Path(sys.argv[1], str(number), head))
"""


@pytest.mark.slow
def test_the_same_head_has_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    heads = [
        ("ridge", "sqrt", {}),
        ("svr", "log1p", {}),
        ("mlp", "sqrt", _MLP),
        ("RandomForestRegressor", "none", {"n_estimators": 3}),
        ("HistGradientBoostingRegressor", "none", {"max_iter": 3}),
        ("MLPRegressor", "none", {"max_iter": 5}),
    ]
    digests = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [sys.executable, "-c", _SCRIPT, str(folder), repr(heads)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        for number in ("0", "1"):
            files = sorted(path for path in (folder / number).rglob("*") if path.is_file())
            digests.append(
                {
                    str(path.relative_to(folder / number)): hashlib.sha256(
                        path.read_bytes()
                    ).hexdigest()
                    for path in files
                }
            )
    assert len(digests[0]) == len(heads) + 1
    assert digests[1:] == [digests[0]] * 3


def test_what_is_trusted_exists() -> None:
    """A name that a new scikit-learn has moved would otherwise go unnoticed."""
    from skops.io._utils import _import_obj

    for name in TRUSTED:
        module, _, attribute = name.rpartition(".")
        assert callable(_import_obj(module, attribute)), name


def test_a_head_that_cannot_be_read_back_is_not_saved(tmp_path: Path) -> None:
    X, y = _problem()
    head = make_pipeline(StandardScaler(), FunctionTransformer(os.path.join), LinearRegression())
    head.steps[1][1].fit(X)
    head.steps[0][1].fit(X)
    head.steps[2][1].fit(X, y)
    with pytest.raises(InputError) as caught:
        save(head, tmp_path / "head")
    assert str(caught.value) == (
        "LinearRegression cannot be saved with these parameters: it holds posixpath.join. Choose "
        "other parameters, or another head: ridge, svr and mlp can be saved with any"
    )
    assert not (tmp_path / "head").exists()


def test_a_file_that_asks_for_another_type_is_refused(tmp_path: Path) -> None:
    head = LinearRegression()
    head.coef_ = os.system
    skops.io.dump(head, tmp_path / "head.skops")
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'head.skops'} asks for posix.system, which no head saved here holds; do not "
        "use the file"
    )


def test_a_tree_that_leads_out_of_its_nodes_is_refused(tmp_path: Path) -> None:
    head = _fitted("DecisionTreeRegressor")
    tree = head[-1].tree_
    state = tree.__getstate__()
    state["nodes"]["left_child"][0] = 10**9
    tree.__setstate__(state)
    save(head, tmp_path)
    with pytest.raises(InputError, match=r"head\.skops is not a head that can be read: a tree"):
        load(tmp_path)


def test_a_missing_head_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"^there is no head at .*head\.skops; copy the whole folder, or"
    ):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a zip", None], ids=["empty", "text", "cut"])
def test_a_damaged_head_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "head.skops"
    if content is None:
        save(_fitted("ridge"), tmp_path)
        content = path.read_bytes()[:-100]
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"head\.skops is not a head that can be read"):
        load(tmp_path)


def test_something_else_than_a_head_is_named(tmp_path: Path) -> None:
    skops.io.dump(StandardScaler(), tmp_path / "head.skops")
    with pytest.raises(InputError, match="holds no head, but a StandardScaler"):
        load(tmp_path)


def test_a_missing_network_is_named(tmp_path: Path) -> None:
    save(_fitted("mlp"), tmp_path)
    (tmp_path / "network.keras").unlink()
    with pytest.raises(InputError, match=r"network\.keras is missing: .* copy the whole folder"):
        load(tmp_path)


def test_saving_changes_nothing_of_the_head(tmp_path: Path) -> None:
    fitted, (X, _) = _fitted("mlp", "sqrt"), _problem()
    before = fitted.predict(X)
    save(fitted, tmp_path)
    np.testing.assert_array_equal(fitted.predict(X), before)
    save(DummyRegressor().fit(X, before), tmp_path / "plain")
    assert _files(tmp_path / "plain").keys() == {"head.skops"}
