"""Saving and loading fitted heads, in formats that execute no code when they are loaded."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path
from typing import Any

from backbones.engines import EngineChoice
from backbones.errors import InputError
from backbones.files import temporary_folder
from ensemble.heads import canonical, moved, trees
from ensemble.heads.regressor import Regressor, regressor_name
from ensemble.heads.saved import SavedNetwork

#: Types that skops may restore besides its own trusted ones, scikit-learn's public estimators and
#: plain values. None of them runs code from the file. A head with other types cannot be saved.
TRUSTED = (
    "ensemble.stacking.forms.TargetScaled",
    "ensemble.stacking.forms.Mean",
    "ensemble.stacking.forms.Single",
    "ensemble.stacking.relative.Logarithmic",
    "ensemble.stacking.relative.Relative",
    "ensemble.stacking.rounding.Rounded",
    "ensemble.heads.density.Density",
    "ensemble.heads.filled.EmptyFilled",
    "ensemble.heads.mlp.MLP",
    "ensemble.heads.ridge.RidgeLOO",
    "ensemble.heads.svr.KernelSVR",
    "ensemble.heads.target.expm1",
    "ensemble.heads.target.log1p",
    "ensemble.heads.target.sqrt",
    "ensemble.heads.target.square",
    "numpy.dtype",  # of an imputer: read from an empty array, without pickle
    "sklearn._loss.loss.HalfTweedieLoss",
    "sklearn._loss.loss.HalfTweedieLossIdentity",
    "sklearn.gaussian_process.kernels.ConstantKernel",
    "sklearn.gaussian_process.kernels.Product",
    "sklearn.gaussian_process.kernels.RBF",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    trees.TREE,
    trees.TREE_PREDICTOR,
)

_HEAD, _NETWORK = "head.skops", "network.keras"


class HeadFileError(InputError):
    """A file of a head cannot be read, or asks for types that no head saved here and now holds."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} {reason}")
        self.file, self.reason = file, reason


#: Heads that hold a Keras network.
_TRAINED = ("ensemble.heads.density.Density", "ensemble.heads.mlp.MLP")


def save(head: Regressor, folder: Path) -> None:
    """Save a fitted head to ``head.skops`` and its Keras network, if any, to ``network.keras``.

    The same head gives the same bytes. ``head.skops`` is written last, so that a folder with this
    file is complete.

    Raises
    ------
    InputError
        The head contains types that cannot be saved.
    """
    import skops.io

    bare, network = _split_network(head)
    data = skops.io.dumps(bare)
    untrusted = _untrusted_types(data=data)
    if untrusted:
        raise InputError(
            f"{regressor_name(head)} cannot be saved with these parameters: it holds "
            f"{', '.join(untrusted)}. Choose other parameters, or another head: ridge, svr and mlp "
            "can be saved with any"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if network is not None:
        (folder / _NETWORK).write_bytes(_keras_bytes(network))
    (folder / _HEAD).write_bytes(canonical.skops(data))


def load(folder: Path, engine: EngineChoice = "tensorflow", cache: Path | None = None) -> Regressor:
    """Load the head saved in `folder`; a Keras network is read at its first prediction.

    `engine` runs the network. If it is not TensorFlow, `cache` keeps the converted network.

    Raises
    ------
    InputError
        A file is missing or damaged, or contains a type that is not trusted.
    """
    file = folder / _HEAD
    head: Regressor = _load_archive(file)
    trained = _keras_part(head)
    if trained is not None:
        network = folder / _NETWORK
        if not network.is_file():
            raise InputError(f"{network} is missing: {file} needs it; copy the whole folder")
        trained._network = SavedNetwork(network, engine, cache)
    return head


def prepare(folder: Path, engine: EngineChoice, cache: Path) -> Path | None:
    """Convert the network of a saved head, if any, for the engine, ahead of ``load``.

    Returns the file that OpenVINO runs; None where it runs none.
    """
    network = folder / _NETWORK
    return SavedNetwork(network, engine, cache).convert() if network.is_file() else None


def _load_archive(file: Path) -> Any:
    import skops.io
    from sklearn.base import is_regressor
    from sklearn.exceptions import InconsistentVersionWarning
    from skops.io.exceptions import UntrustedTypesFoundException

    if not file.is_file():
        raise InputError(f"there is no head at {file}; copy the whole folder, or run the fit again")
    try:
        canonical.check_stored(file)
        with moved.open_archive(file) as archive, warnings.catch_warnings():
            # Whether another scikit-learn makes the same of it is for the run's probe to say.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            head = skops.io.load(archive, trusted=list(TRUSTED))
        trees.check(head)
    except UntrustedTypesFoundException:  # raised before any object is restored
        with moved.open_archive(file) as archive:
            types = ", ".join(_untrusted_types(file=archive))
        reason = f"asks for {types}, which no head saved here holds; do not use the file"
        raise HeadFileError(file, reason) from None
    except Exception as error:  # on damaged files, skops raises exceptions of any class
        raise HeadFileError(file, f"is not a head that can be read: {error}") from error
    if not is_regressor(head):
        raise InputError(f"{file} holds no head, but a {type(head).__name__}; run the fit again")
    return head


def _untrusted_types(**archive: Any) -> list[str]:
    """Return the types in an archive (``data`` or ``file``) that are not trusted."""
    import skops.io

    return sorted(set(skops.io.get_untrusted_types(**archive)) - set(TRUSTED))


def _split_network(head: Any) -> tuple[Any, Any]:
    """Return the head without its Keras network, which skops cannot save, and the network."""
    trained = _keras_part(head)
    if trained is None:
        return head, None
    bare = copy.copy(trained)
    del bare._network
    if trained is head:
        return bare, trained.network_
    outer = copy.copy(head)
    outer.regressor_ = bare
    return outer, trained.network_


def _keras_part(head: Any) -> Any:
    """Return the regressor trained by Keras, if any; a transformed target wraps it."""
    inner = getattr(head, "regressor_", head)
    return inner if f"{type(inner).__module__}.{type(inner).__name__}" in _TRAINED else None


def _keras_bytes(network: Any) -> bytes:
    with temporary_folder() as folder:
        path = folder / _NETWORK
        network.save(path)
        return canonical.keras(path.read_bytes())
