"""The config entry of a backbone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, field_validator, model_validator

from backbones.photos.tiles import STEP, Tiling
from backbones.section import Name, Section, Seed, usable_place

if TYPE_CHECKING:
    from backbones.photos.framing import Framing

#: Pixels of the longer side of what a network takes.
LARGEST_SIDE = 8192

Pixels = Annotated[StrictInt, Field(ge=1, le=LARGEST_SIDE)]
Cells = Annotated[StrictInt, Field(ge=1, le=256)]


#: How a network is computed. ``bfloat16`` keeps eight binary digits of each number in place of 24:
#: of MobileNetV2 with imagenet weights, features move by 6 % (root mean square), and by 1 % between
#: processors that multiply in it in another order (AMX, AVX-512).
#: ``int8`` computes in whole numbers of eight bits, in ranges that 100 photos of the fit show:
#: features of MobileNetV2 move by 22 %, of photos unlike those by more. The fit says by how much.
Precision = Literal["float32", "bfloat16", "int8"]


class Grid(Section):
    """Average pooling over the cells of a grid on the feature map, which keeps positions."""

    grid: tuple[Cells, Cells]
    """Rows, columns."""


class Tile(Section):
    """Large photos are seen in tiles that overlap, one after the other."""

    size: tuple[Pixels, Pixels]
    """Height and width of a tile, in pixels of the photo; the network sees it in `image_size`."""
    overlap: Annotated[StrictFloat, Field(ge=0, le=0.5)] = 0.25
    """The least share of its side that a tile has in common with the next.

    A side that the network sees in 32 pixels has none.
    """


class BackboneSpec(Section):
    """A frozen feature network: its architecture, weights, input size, layers and pooling.

    The values are those of the config file, checked without Keras and files;
    ``backbones.networks.backbone.resolve`` validates them against both. A saved model of one
    channel is given the luminance of the photos.
    """

    unsaid = ("tile",)

    name: Name
    """What it is called; by default, as the builder or the model's file."""
    application: str | None = None
    """A builder of keras.applications."""
    model: str | None = None
    """Or a saved `.keras` file."""
    arguments: dict[str, Any] = {}
    """Further arguments of the builder, as `alpha: 0.25`."""
    weights: str = "imagenet"
    """`imagenet`, `random`, or a file of weights."""
    weights_seed: Seed = 0
    """Seed of random weights."""
    fallback: Literal["random"] | None = None
    """Used if imagenet weights cannot be fetched."""
    preprocessing: Literal["tf", "caffe", "torch", "none"] | None = None
    """What a saved model's photos go through, as in Keras; a builder has its own."""
    image_size: tuple[Pixels, Pixels] | None = None
    """Height and width that photos are brought to; the network's own by default."""
    layers: tuple[str, ...] = ()
    """The layers to read, by name; the only output by default.

    In a nested model it is a layer's path, `backbone/block_5`. A layer that is used several times
    is numbered, `shared:2`, and so is the output of one that has several, `branches[2]`. A saved
    model with several outputs needs this key, which may name them by their keys, too. What a layer
    gives is a feature map, tokens or a row; tokens are pooled over their number.
    """
    pooling: Literal["avg", "max", "avg+max", "flatten", "none"] | Grid = "avg"
    """How a layer's feature map is reduced to a row; `none` keeps it, for heads that use positions.

    Maps are kept in half precision.
    """
    resize: Literal["squash", "letterbox", "crop"] = "squash"
    """How a photo of another shape is brought to `image_size`."""
    tile: Tile | None = None
    """Photos are seen in tiles, as they are, in place of being resized as a whole; for `density`.

    Sides of `image_size` are multiples of 32. What is behind the right and the lower end of a photo
    is grey.
    """
    flip: StrictBool = False
    """Averages the features of the photo and of its mirror image."""
    precision: Precision = "float32"
    """`bfloat16` and `int8` are faster where the processor can compute in them, else refused.

    `int8` needs the extra of its name to fit.
    """

    @model_validator(mode="before")
    @classmethod
    def _name_it(cls, data: Any) -> Any:
        if isinstance(data, dict) and "name" not in data:
            source = data.get("application") or data.get("model")
            if isinstance(source, str):
                return {"name": Path(source).stem, **data}
        return data

    @field_validator("model", "weights")
    @classmethod
    def _check_places(cls, place: str | None) -> str | None:
        return None if place is None else usable_place(place)

    @model_validator(mode="after")
    def _check_network(self) -> BackboneSpec:
        changed = {
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
            idle = sorted(changed & {"arguments", "weights", "weights_seed", "fallback"})
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

    @model_validator(mode="after")
    def _check_tile(self) -> BackboneSpec:
        if self.tile is None:
            return self
        if not self.keeps_maps:
            raise ValueError("tile needs pooling: none, whose maps the density head learns from")
        if self.resize != "squash":
            raise ValueError("tile: photos are cut, not resized; leave out resize")
        if self.precision == "int8":
            raise ValueError("tile is not for precision: int8; take float32 or bfloat16")
        uneven = [side for side in self.image_size or () if side % STEP]
        if uneven:
            raise ValueError(f"tile: sides of image_size must be multiples of {STEP}")
        return self

    @property
    def framing(self) -> Framing:
        """How a photo comes to what the network sees."""
        return self.resize if self.tile is None else Tiling(self.tile.size, self.tile.overlap)

    @property
    def keeps_maps(self) -> bool:
        """Whether the features are whole maps instead of rows."""
        return self.pooling == "none"

    @property
    def weights_file(self) -> Path | None:
        """The file of weights, or the saved model, that the entry names, if any."""
        if self.model is not None:
            return Path(self.model).expanduser()
        if self.weights in ("imagenet", "random"):
            return None
        return Path(self.weights).expanduser()


#: Arguments of a builder that other keys of the entry determine.
RESERVED_ARGUMENTS = {
    "include_top",
    "weights",
    "input_shape",
    "input_tensor",
    "pooling",
    "classes",
    "name",
}
