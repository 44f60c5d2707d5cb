"""What a config may not ask for beside photos in tiles, once the networks are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backbones.networks.backbone import Backbone
from backbones.photos.tiles import STEP, Size
from ensemble.config.config import Config
from ensemble.config.entry import BackboneEntry, JointEntry
from ensemble.heads import HeadSpec, regressor

#: How many times tiles may be enlarged: beyond, memory and time go into pixels that say nothing.
_MOST = 4


def tile_mistakes(config: Config, backbones: Sequence[Backbone]) -> list[str]:
    """What is wrong with backbones that see tiles, and with what learns from them."""
    pairs = zip(config.backbones, backbones, strict=True)
    sizes = {entry.name: one.size for entry, one in pairs if entry.tile is not None}
    entries: list[tuple[Sequence[str], BackboneEntry | JointEntry]] = [
        *(([one.name], one) for one in config.backbones),
        *((one.backbones, one) for one in config.joint),
    ]
    return [
        *(wrong for one in config.backbones if one.name in sizes for wrong in _sized(one, sizes)),
        *(wrong for one in config.joint for wrong in _unlike(one, sizes)),
        *(
            wrong
            for names, entry in entries
            if any(name in sizes for name in names)
            for head in entry.heads
            for wrong in _uneven(entry.name, head)
        ),
    ]


def _sized(entry: BackboneEntry, sizes: Mapping[str, Size]) -> Iterator[str]:
    """What is wrong with the size of the tiles, and of what the network sees of them."""
    assert entry.tile is not None
    height, width = sizes[entry.name]
    if height % STEP or width % STEP:
        yield (
            f"backbones.{entry.name}.tile: sides of image_size must be multiples of {STEP}, and "
            f"those of the network are {height} x {width}; set image_size"
        )
    times = max(height / entry.tile.size[0], width / entry.tile.size[1])
    if times > _MOST:
        rows, columns = entry.tile.size
        yield (
            f"backbones.{entry.name}.tile.size: {rows} x {columns} pixels of a photo would be "
            f"enlarged {times:.0f} times, to {height} x {width}, and {_MOST} times at most is "
            "allowed; it is the size of a tile, not how many there are"
        )


def _unlike(joint: JointEntry, sizes: Mapping[str, Size]) -> Iterator[str]:
    """Tiles of several backbones that do not lie over each other."""
    seen = {sizes[name] for name in joint.backbones if name in sizes}
    if len(seen) > 1:
        told = ", ".join(f"{height} x {width}" for height, width in sorted(seen))
        yield (
            f"joint.{joint.name}: maps of tiles lie over each other only where image_size is the "
            f"same, not {told}"
        )


def _uneven(entry: str, head: HeadSpec) -> list[str]:
    stride = regressor(head.head, head.parameters, 0).stride
    if STEP % stride == 0:
        return []
    fitting = ", ".join(str(one) for one in range(1, STEP + 1) if STEP % one == 0)
    return [
        f"{entry}.{head.name}: stride must be one of {fitting} where photos are seen in tiles, not "
        f"{stride}"
    ]
