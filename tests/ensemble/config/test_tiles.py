from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ensemble.config.document import ConfigError
from ensemble.config.experiment import open_experiment
from tests.ensemble.config.test_experiment import config, folder

__all__ = ["folder"]


def tiled(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "application": "MobileNet",
        "arguments": {"alpha": 0.25},
        "weights": "random",
        "image_size": [64, 64],
        "layers": ["conv_pw_3_relu"],
        "pooling": "none",
        "tile": {"size": [128, 128], "overlap": 0.25},
        "heads": ["density"],
        **changes,
    }


def mistakes(folder: Path, *entries: dict[str, Any], **changes: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        open_experiment(config(folder, backbones=list(entries), **changes))
    return caught.value.mistakes


def test_a_sound_one_is_opened(folder: Path) -> None:
    other = tiled("other", tile={"size": [256, 256]}, heads=[{"head": "density", "name": "d"}])
    found = open_experiment(config(folder, backbones=[tiled("one"), other]))
    assert [one.view[0] for one in found.backbones] == [(64, 64)] * 2
    assert found.backbones[1].spec.tile.overlap == 0.25  # type: ignore[union-attr]
    assert len({one.fingerprint for one in found.backbones}) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"pooling": "avg", "heads": ["ridge"]},
            "tile needs pooling: none, whose maps the density",
        ),
        ({"resize": "letterbox"}, "tile: photos are cut, not resized; leave out resize"),
        ({"image_size": [64, 100]}, "tile: sides of image_size must be multiples of 32"),
        ({"precision": "int8"}, "tile is not for precision: int8; take float32 or bfloat16"),
        ({"tile": {"size": [128, 128], "overlap": 0.6}}, "tile.overlap: must be less than or"),
        ({"tile": {"size": [128]}}, "tile.size"),
        ({"tile": {"size": [0, 128]}}, "tile.size[0]: must be greater than or equal to 1, not 0"),
        (
            {"tile": {"size": [8, 8]}},
            "one.tile.size: 8 x 8 pixels of a photo would be enlarged 8 times, to 64 x 64, and 4 "
            "times at most is allowed; it is the size of a tile, not how many there are",
        ),
        ({"tile": {"overlap": 0.1}}, "tile.size: Field required"),
        ({"tile": {"size": [9, 9], "overlapp": 0}}, "tile.overlapp: unknown key; did you mean"),
        (
            {"heads": [{"head": "density", "parameters": {"stride": 12}}]},
            "one.density: stride must be one of 1, 2, 4, 8, 16, 32 where photos are seen in tiles",
        ),
    ],
)
def test_what_does_not_go_together_is_told(
    folder: Path, changes: dict[str, Any], told: str
) -> None:
    (found,) = mistakes(folder, tiled("one", **changes))
    assert told in found


def test_the_size_of_the_network_itself_must_do(folder: Path) -> None:
    entry = tiled("one", application="InceptionV3", arguments={}, layers=["mixed3"])
    del entry["image_size"]
    (found,) = mistakes(folder, entry)
    assert found == (
        "backbones.one.tile: sides of image_size must be multiples of 32, and those of the network "
        "are 299 x 299; set image_size"
    )


def test_tiles_lie_over_each_other_where_they_are_the_same(folder: Path) -> None:
    joint = [{"backbones": ["one", "two"], "heads": ["density"]}]
    other = tiled("two", tile={"size": [96, 96]}, heads=[])
    (found,) = mistakes(folder, tiled("one"), other, joint=joint)
    assert "maps lie over each other only where resize and tile are the same" in found
    larger = tiled("two", image_size=[96, 96], heads=[])
    (found,) = mistakes(folder, tiled("one"), larger, joint=joint)
    assert "only where image_size is the same, not 64 x 64, 96 x 96" in found
    uneven = [
        {
            "backbones": ["one", "two"],
            "heads": [{"head": "density", "parameters": {"stride": 5}}],
        }
    ]
    (found,) = mistakes(folder, tiled("one"), tiled("two", heads=[]), joint=uneven)
    assert "one+two.density: stride must be one of" in found
