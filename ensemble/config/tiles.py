"""What a config may not ask for beside photos in tiles, once the networks are known."""

from __future__ import annotations

from collections.abc import Sequence

from backbones.networks.backbone import Backbone
from backbones.photos.tiles import STEP
from ensemble.config.config import Config
from ensemble.config.entry import BackboneEntry, JointEntry
from ensemble.heads import HeadSpec, regressor


def tile_mistakes(config: Config, backbones: Sequence[Backbone]) -> list[str]:
    """What is wrong with backbones that see tiles, and with what learns from them."""
    pairs = zip(config.backbones, backbones, strict=True)
    sizes = {entry.name: one.size for entry, one in pairs if entry.tile is not None}
    mistakes = [
        f"backbones.{name}.tile: sides of image_size must be multiples of {STEP}, and those of the "
        f"network are {height} x {width}; set image_size"
        for name, (height, width) in sizes.items()
        if height % STEP or width % STEP
    ]
    for joint in config.joint:
        seen = {sizes[name] for name in joint.backbones if name in sizes}
        if len(seen) > 1:
            told = ", ".join(f"{height} x {width}" for height, width in sorted(seen))
            mistakes.append(
                f"joint.{joint.name}: maps of tiles lie over each other only where image_size is "
                f"the same, not {told}"
            )
    entries: list[tuple[Sequence[str], BackboneEntry | JointEntry]] = [
        *(([one.name], one) for one in config.backbones),
        *((one.backbones, one) for one in config.joint),
    ]
    for names, entry in entries:
        if any(name in sizes for name in names):
            mistakes += [wrong for head in entry.heads for wrong in _uneven(entry.name, head)]
    return mistakes


def _uneven(entry: str, head: HeadSpec) -> list[str]:
    stride = regressor(head.head, head.parameters, 0).stride
    if STEP % stride == 0:
        return []
    fitting = ", ".join(str(one) for one in range(1, STEP + 1) if STEP % one == 0)
    return [
        f"{entry}.{head.name}: stride must be one of {fitting} where photos are seen in tiles, not "
        f"{stride}"
    ]
