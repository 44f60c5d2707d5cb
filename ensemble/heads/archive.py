"""A fitted head in a folder, in formats that execute nothing when they are opened."""

from __future__ import annotations

import copy
import tempfile
import warnings
from pathlib import Path
from typing import Any

from backbones.engines import EngineChoice
from backbones.errors import InputError
from ensemble.heads import canonical, moved, trees
from ensemble.heads.regressor import Regressor, regressor_name
from ensemble.heads.saved import SavedNetwork

#: What skops may make, beyond what it trusts itself: scikit-learn's public estimators and plain
#: values. None of these runs code of the file. A head that needs more cannot be saved.
TRUSTED = (
    "ensemble.stacking.forms.TargetScaled",
    "ensemble.stacking.forms.Mean",
    "ensemble.stacking.forms.Single",
    "ensemble.heads.density.Density",
    "ensemble.heads.mlp.MLP",
    "ensemble.heads.ridge.RidgeLOO",
    "ensemble.heads.svr.KernelSVR",
    "ensemble.heads.target.expm1",
    "ensemble.heads.target.log1p",
    "ensemble.heads.target.sqrt",
    "ensemble.heads.target.square",
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
    """Writes a fitted head to ``head.skops`` and its Keras network, if any, to ``network.keras``.

    The same head gives the same bytes. ``head.skops`` is written last: where it lies, the head is
    whole.

    Raises
    ------
    InputError
        The head holds types that cannot be saved.
    """
    import skops.io

    bare, network = _split_network(head)
    data = skops.io.dumps(bare)
    foreign = _untrusted_types(data=data)
    if foreign:
        raise InputError(
            f"{regressor_name(head)} cannot be saved with these parameters: it holds "
            f"{', '.join(foreign)}. Choose other parameters, or another head: ridge, svr and mlp "
            "can be saved with any"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if network is not None:
        (folder / _NETWORK).write_bytes(_keras_bytes(network))
    (folder / _HEAD).write_bytes(canonical.skops(data))


def load(folder: Path, engine: EngineChoice = "tensorflow", cache: Path | None = None) -> Regressor:
    """The head that was saved in `folder`. A Keras network is read when it first predicts.

    `engine` runs that network; with another than TensorFlow, `cache` keeps what is made of it.

    Raises
    ------
    InputError
        A file is missing or damaged, or asks for a type that is not trusted.
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
    """Converts the network of a saved head, if it has one, so that ``load`` need not later.

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
        raise InputError(f"there is no head at {file}")
    try:
        with moved.open_archive(file) as archive, warnings.catch_warnings():
            # Whether another scikit-learn makes the same of it is for the run's probe to say.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            head = skops.io.load(archive, trusted=list(TRUSTED))
        trees.check(head)
    except UntrustedTypesFoundException:  # before anything of the file was made
        with moved.open_archive(file) as archive:
            types = ", ".join(_untrusted_types(file=archive))
        reason = f"asks for {types}, which no head saved here holds; do not use the file"
        raise HeadFileError(file, reason) from None
    except Exception as error:  # skops and what it restores raise any kind for a damaged file
        raise HeadFileError(file, f"is not a head that can be read: {error}") from error
    if not is_regressor(head):
        raise InputError(f"{file} holds no head, but a {type(head).__name__}")
    return head


def _untrusted_types(**archive: Any) -> list[str]:
    """The types in an archive (``data`` or ``file``) that are not trusted."""
    import skops.io

    return sorted(set(skops.io.get_untrusted_types(**archive)) - set(TRUSTED))


def _split_network(head: Any) -> tuple[Any, Any]:
    """The head without its Keras network, which skops cannot hold, and the network."""
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
    """The part that Keras has trained, if any; on another scale of the target, it lies within."""
    inner = getattr(head, "regressor_", head)
    return inner if f"{type(inner).__module__}.{type(inner).__name__}" in _TRAINED else None


def _keras_bytes(network: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _NETWORK
        network.save(path)
        return canonical.keras(path.read_bytes())
