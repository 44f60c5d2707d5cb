"""The ``mlp`` head: the multi-layer perceptron of the article, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from backbones.errors import InputError
from backbones.section import nearest
from ensemble.heads import network
from ensemble.heads.saved import forward_of, keras_of

#: Keras's regression losses for any target, and its first-order optimisers.
LOSSES = (
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
)
OPTIMIZERS = (
    "adadelta",
    "adafactor",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "lion",
    "nadam",
    "rmsprop",
    "sgd",
)


class MLP(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A multi-layer perceptron with ReLU and dropout, trained by Keras.

    The network standardises its inputs and predicts in the target's unit, so that its ``.keras``
    file is a complete model. All randomness is seeded, independently of the process's random
    state: on one CPU, the same seed gives the same bits.

    Parameters
    ----------
    layers : sequence of int
        The units of each hidden layer.
    dropout : float
        The fraction of each hidden layer's units that is dropped in training.
    loss : str
        One of Keras's losses, taken in the target's unit.
    optimizer : str
        One of Keras's optimisers.
    learning_rate : float or None
        None is Keras's default, but 0.1 for Adadelta: with Keras's 0.001, 50 epochs end far from
        the optimum (the paper uses 1.0).
    epochs : int
        Passes over the training rows.
    batch_size : int
        Rows a batch.
    patience : int or None
        Epochs without a better validation loss after which training stops; the best weights are
        restored. None trains all epochs, on all rows.
    validation_fraction : float
        Fraction of the rows, drawn at random, for the validation loss alone.
    random_state : int, RandomState or None
        Determines the validation rows, the initial weights, the order of the rows and dropout.

    Attributes
    ----------
    history_ : dict of str to list of float
        ``loss`` and, with patience, ``val_loss`` of every epoch, in the loss's unit.
    network_ : keras.Model
        Features float32 (n, n_features) to predictions float32 (n, 1).
    n_features_in_ : int

    References
    ----------
    Zeiler (2012), ADADELTA: an adaptive learning rate method, arXiv:1212.5701.

    Examples
    --------
    >>> X = np.linspace(-1, 1, 200)[:, np.newaxis]
    >>> head = MLP(layers=(16,), optimizer="adam", learning_rate=0.01).fit(X, np.abs(X[:, 0]))
    >>> list(head.history_)
    ['loss', 'val_loss']
    """

    #: The network standardises the features itself.
    standardises: ClassVar[bool] = True

    #: Of its fits; see ``ensemble.heads.catalog``. 2: Adadelta's rate.
    version: ClassVar[int] = 2

    #: TensorFlow trains it.
    is_network: ClassVar[bool] = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "layers": ["array-like"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "loss": [StrOptions(set(LOSSES))],
        "optimizer": [StrOptions(set(OPTIMIZERS))],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    #: What each entry of a list must be.
    item_constraints: ClassVar[dict[str, Interval]] = {
        "layers": Interval(Integral, 1, None, closed="left")
    }

    def __init__(
        self,
        layers: Sequence[int] = (1024, 512, 256),
        *,
        dropout: float = 0.2,
        loss: str = "mean_absolute_error",
        optimizer: str = "adadelta",
        learning_rate: float | None = None,
        epochs: int = 50,
        batch_size: int = 32,
        patience: int | None = 4,
        validation_fraction: float = 0.1,
        random_state: Any = 0,
    ) -> None:
        self.layers = layers
        self.dropout = dropout
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> MLP:
        """Train on X (n, d), y (n,) and weights (n,).

        Raises
        ------
        InputError
            A parameter is not allowed, or training diverges.
        """
        self._validate_params()
        X, y = validate_data(self, X, y, dtype=np.float32, y_numeric=True, ensure_min_samples=2)
        weights = _check_sample_weight(sample_weight, X, dtype=np.float32, ensure_non_negative=True)
        rows = network.Rows(X, y.astype(np.float32), weights / weights.mean())
        random = check_random_state(self.random_state)
        training, validation = self._split(rows, random)

        model = network.build(training, self.layers, self.dropout, random)
        self.history_ = network.train(
            model,
            training,
            validation,
            random,
            loss=self.loss,
            optimizer=network.optimizer(self.optimizer, self.learning_rate),
            epochs=self.epochs,
            batch_size=self.batch_size,
            patience=self.patience,
        )
        if not np.isfinite(self.history_["loss"][-1]):
            raise InputError(
                f"MLP: training with {self.optimizer} diverged in epoch "
                f"{len(self.history_['loss'])}; lower learning_rate"
            )
        self._network = model
        return self

    def predict(self, X: Any) -> npt.NDArray[np.float64]:
        """Predict float64 (n,) for X (n, d)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        return network.predict(forward_of(self._network), X)

    @property
    def network_(self) -> Any:
        """The trained network; read from its file on first access."""
        return keras_of(self._network)

    def _split(
        self, rows: network.Rows, random: np.random.RandomState
    ) -> tuple[network.Rows, network.Rows | None]:
        if self.patience is None:
            return rows, None
        order = random.permutation(len(rows.y))
        held_out = max(1, min(round(self.validation_fraction * len(order)), len(order) - 1))
        return rows.take(order[held_out:]), rows.take(order[:held_out])

    def _validate_params(self) -> None:
        for key, value, allowed in (
            ("loss", self.loss, LOSSES),
            ("optimizer", self.optimizer, OPTIMIZERS),
        ):
            if isinstance(value, str) and value not in allowed:
                raise InputError(f"{key}: {value!r} is unknown; {nearest(value, allowed)}")
        super()._validate_params()
        if not all(map(self.item_constraints["layers"].is_satisfied_by, self.layers)):
            raise InputError(f"layers must be whole numbers above 0, not {self.layers!r}")
