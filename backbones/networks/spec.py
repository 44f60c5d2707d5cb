"""What one config entry says of a backbone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from backbones.section import Name, Section

Pixels = Annotated[StrictInt, Field(ge=1, le=8192)]
Cells = Annotated[StrictInt, Field(ge=1, le=256)]


class Grid(Section):
    """Average over the cells of a grid laid on the feature map, so that position survives."""

    grid: tuple[Cells, Cells]  #: rows, columns


class BackboneSpec(Section):
    """One frozen feature network: which, with what weights, at what size, read out where.

    The values are those of the config file; nothing is looked up.
    ``backbones.networks.backbone.resolve`` holds them against Keras and the files.
    """

    name: Name  #: that of the builder or of the model's file, unless one is given
    application: str | None = None  #: a builder of keras.applications
    model: str | None = None  #: or a saved ``.keras`` file
    arguments: dict[str, Any] = {}  #: further arguments of the builder, as ``alpha: 0.25``
    weights: str = "imagenet"  #: imagenet, random, or a file of weights
    weights_seed: StrictInt = 0  #: of random weights
    fallback: Literal["random"] | None = None  #: where imagenet weights cannot be had
    preprocessing: Literal["tf", "caffe", "torch", "none"] | None = None
    image_size: tuple[Pixels, Pixels] | None = None  #: height, width; the network's own by default
    layers: tuple[str, ...] = ()  #: the last one by default
    #: How the map of a layer becomes part of a row; with `none` it is kept whole, in half
    #: precision, for heads that look at places.
    pooling: Literal["avg", "max", "avg+max", "flatten", "none"] | Grid = "avg"
    resize: Literal["squash", "letterbox", "crop"] = "squash"
    flip: StrictBool = False  #: the mean of the features of the photo and of its mirror image

    @model_validator(mode="before")
    @classmethod
    def _name_it(cls, data: Any) -> Any:
        if isinstance(data, dict) and "name" not in data:
            source = data.get("application") or data.get("model")
            if isinstance(source, str):
                return {"name": Path(source).stem, **data}
        return data

    @model_validator(mode="after")
    def _check_network(self) -> BackboneSpec:
        given = {
            key
            for key, field in type(self).model_fields.items()
            if getattr(self, key) != field.default
        }
        if (self.application is None) == (self.model is None):
            raise ValueError(
                "give one of application (a builder of keras.applications) and model "
                "(a .keras file)"
            )
        if self.model is not None:
            if not self.model.endswith(".keras"):
                raise ValueError(f"model must be a .keras file, not {self.model!r}")
            if self.preprocessing is None:
                raise ValueError("a saved model needs preprocessing: tf, caffe, torch or none")
            idle = sorted(given & {"arguments", "weights", "weights_seed", "fallback"})
            if idle:
                raise ValueError(f"{', '.join(idle)}: not for a saved model, which carries its own")
        elif self.preprocessing is not None:
            raise ValueError(
                "preprocessing is for a saved model; a builder of keras.applications has its own"
            )
        reserved = sorted(set(self.arguments) & RESERVED_ARGUMENTS)
        if reserved:
            raise ValueError(f"arguments may not hold {', '.join(reserved)}: set by other keys")
        if self.fallback and self.weights != "imagenet":
            raise ValueError("fallback is for weights: imagenet")
        if self.keeps_maps and self.resize == "crop":
            raise ValueError("pooling: none needs the whole photo: resize squash or letterbox")
        if len(set(self.layers)) < len(self.layers):
            raise ValueError("layers names one layer twice")
        return self

    @property
    def keeps_maps(self) -> bool:
        """Whether its features are whole maps, not rows."""
        return self.pooling == "none"

    @property
    def weights_file(self) -> Path | None:
        """The file that the entry itself names, if it does."""
        if self.model is not None:
            return Path(self.model).expanduser()
        if self.weights in ("imagenet", "random"):
            return None
        return Path(self.weights).expanduser()


#: Arguments of a builder that other keys of the entry decide.
RESERVED_ARGUMENTS = {
    "include_top",
    "weights",
    "input_shape",
    "input_tensor",
    "pooling",
    "classes",
    "name",
}
