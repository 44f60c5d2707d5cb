"""A frozen network as a transformer of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from backbones.engines import EngineChoice
from backbones.errors import InputError
from backbones.networks.backbone import resolve
from backbones.networks.spec import BackboneSpec
from backbones.photos.digests import photo_digests
from backbones.progress import Silent
from backbones.remote.folder import find_urls
from ensemble.config.config import default_cache
from ensemble.estimators.paths import column_names, validate_paths
from ensemble.photos.features import StoredFeatures, update_features


class BackboneFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Features of photos by a frozen network: paths to a matrix.

    Each photo goes through the network once: features are kept in the store that ``fit`` and
    ``BackboneEnsemble`` use, by the content of the photo.

    Parameters
    ----------
    application : str, optional
        A builder of ``keras.applications``, as ``"MobileNetV2"``.
    model : path, optional
        In its place, a saved ``.keras`` file; it needs `preprocessing`.
    layers : sequence of str
        The layers that are read out; by default the last one. In a nested model by their path,
        as ``inner/block_5``; the second use of a layer as ``shared:2``.
    pooling : {"avg", "max", "avg+max", "flatten"} or {"grid": (rows, columns)}
        How the map of a layer becomes a part of a row.
    image_size : (int, int), optional
        Height and width in pixels; by default the network's own.
    resize : {"squash", "letterbox", "crop"}
    flip : bool
        The mean of the features of the photo and of its mirror image.
    precision : {"float32", "bfloat16"}
        Of the network's computations; the latter needs OpenVINO and a processor that has it.
    weights : str
        ``"imagenet"``, ``"random"``, or a file of weights.
    weights_seed : int
        Of random weights.
    arguments : mapping, optional
        Further arguments of the builder, as ``{"alpha": 0.25}``.
    preprocessing : {"tf", "caffe", "torch", "none"}, optional
        What a saved model expects; builders have their own.
    engine : {"auto", "openvino", "tensorflow"}
    cache_dir : path, optional
        The folder of the store; by default ``ENSEMBLE_CACHE`` or a folder in the home.

    Attributes
    ----------
    backbone_ : Backbone
        The network with its weights, sizes and key.
    n_features_in_ : int
        Always 1, the column of paths.
    feature_names_in_ : ndarray of shape (1,)
        The name of that column, where X had one.

    Examples
    --------
    >>> features = BackboneFeatures("MobileNetV2", layers=["out_relu"])
    >>> features.get_params()["pooling"]
    'avg'
    """

    def __init__(
        self,
        application: str | None = None,
        *,
        model: str | Path | None = None,
        layers: Sequence[str] = (),
        pooling: str | Mapping[str, Any] = "avg",
        image_size: tuple[int, int] | None = None,
        resize: str = "squash",
        flip: bool = False,
        precision: str = "float32",
        weights: str = "imagenet",
        weights_seed: int = 0,
        arguments: Mapping[str, Any] | None = None,
        preprocessing: str | None = None,
        engine: EngineChoice = "auto",
        cache_dir: str | Path | None = None,
    ) -> None:
        self.application = application
        self.model = model
        self.layers = layers
        self.pooling = pooling
        self.image_size = image_size
        self.resize = resize
        self.flip = flip
        self.precision = precision
        self.weights = weights
        self.weights_seed = weights_seed
        self.arguments = arguments
        self.preprocessing = preprocessing
        self.engine = engine
        self.cache_dir = cache_dir

    def fit(self, X: Any, y: Any = None) -> BackboneFeatures:
        """Look the network up; nothing is learned from the photos.

        Parameters
        ----------
        X : array-like of paths of shape (n,) or (n, 1)
        y : ignored

        Raises
        ------
        InputError
            The parameters do not fit together, or the network cannot be had.
        """
        validate_paths(X)
        spec = self._spec()
        if spec.keeps_maps:
            raise InputError(
                "pooling: none keeps whole maps; a transformer gives rows: take avg, max or flatten"
            )
        if spec.precision == "int8":
            raise InputError(
                "precision: int8 hangs on photos of a fit, and a transformer learns nothing of "
                "its; take bfloat16"
            )
        (self.backbone_,) = resolve([spec], self._cache)
        self.n_features_in_ = 1
        names = column_names(X)
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float32]:
        """Features float32 (n, d) of the photos with these paths.

        Raises
        ------
        InputError
            Photos that cannot be used, all of them.
        """
        check_is_fitted(self)
        paths = find_urls(validate_paths(X), self._cache)
        digests = photo_digests(paths, self._cache)
        backbone = self.backbone_
        update_features(paths, digests, [backbone], self._cache, self.engine, Silent())
        stored = StoredFeatures([backbone], self._cache, self.engine, paths, digests)
        with stored.open() as features:
            return np.asarray(features, dtype=np.float32)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The columns' names (d,): the network's, and a number."""
        check_is_fitted(self)
        names = [f"{self.backbone_.name}_{number}" for number in range(self.backbone_.length)]
        return np.array(names, dtype=object)

    def _spec(self) -> BackboneSpec:
        content = self.get_params(deep=False)
        for key in ("engine", "cache_dir"):
            del content[key]
        content["arguments"] = dict(self.arguments or {})
        content["model"] = None if self.model is None else str(self.model)
        if self.application is None and self.model is None:
            raise InputError("application or model must be given: a builder, or a .keras file")
        try:
            return BackboneSpec.model_validate(content)
        except ValidationError as error:
            mistakes = [
                f"{'.'.join(map(str, one['loc'])) or 'parameters'}: {one['msg']}"
                for one in error.errors(include_url=False)
            ]
            raise InputError("BackboneFeatures has parameters that do not fit:", mistakes) from None

    @property
    def _cache(self) -> Path:
        return Path(self.cache_dir or default_cache()).expanduser()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []
        return tags
