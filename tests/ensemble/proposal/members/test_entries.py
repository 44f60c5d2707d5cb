from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backbones.networks.anatomy import LayerMap
from ensemble.proposal.members.entries import describe_members, member_entries, members_content
from ensemble.proposal.members.network import Network
from ensemble.proposal.members.scale import scale_of

SCALE = scale_of(np.array([0.0, 1, 2, 5, 9]))
SIZES = [(64, 96)] * 10
SVR = {"head": "svr", "target": "sqrt"}


def network(name: str, maps: bool = True, **settings: Any) -> Network:
    found = (LayerMap("half", 16, 4), LayerMap("whole", 32, 8)) if maps else ()
    return Network(name, {"model": f"{name}.keras", "preprocessing": "none"}, found, **settings)


def proposed(*networks: Network, sizes: Any = SIZES) -> tuple[dict[str, dict[str, Any]], Any]:
    """The backbones by name, and the joint entries."""
    content = members_content(member_entries(networks, SCALE, sizes))
    return {one["name"]: one for one in content["backbones"]}, content.get("joint")


def test_one_network_has_its_head_of_places_to_itself() -> None:
    backbones, joint = proposed(network("a"))
    assert joint is None
    assert backbones["a"]["heads"] == ["density"]
    assert backbones["a_pooled"]["heads"] == [SVR]


def test_two_networks_share_a_head_of_places_and_the_last_is_pooled_too() -> None:
    backbones, joint = proposed(network("a"), network("rows", maps=False), network("b"))
    assert joint == [{"backbones": ["a", "b"], "heads": ["density"]}]
    assert list(backbones) == ["a", "b", "b_pooled", "rows"]
    for name in ("a", "b"):
        assert "heads" not in backbones[name]
        assert backbones[name]["layers"] == ["half", "whole"]
        assert backbones[name]["pooling"] == "none"
        assert backbones[name]["image_size"] == [64, 96]
    assert backbones["rows"]["heads"] == [SVR]


def test_what_a_head_on_several_costs_is_said() -> None:
    *_, joint = member_entries([network("a"), network("b")], SCALE, SIZES)
    each = 2 * (4 * 4 * 6 + 8 * 2 * 3)
    assert joint.comment == (
        "one head on the maps of 2 networks, which errs less than on those of one where photos "
        "are many; each costs a pass over the photos, and the maps of 10 photos take "
        f"{2 * each * 10 / 1000:.1f} kB"
    )


def test_no_more_than_four_share_a_head() -> None:
    backbones, joint = proposed(*map(network, "abcde"))
    assert joint == [{"backbones": list("bcde"), "heads": ["density"]}]
    assert backbones["a"]["heads"] == ["density"]


def test_a_network_of_one_size_is_pooled_where_others_see_the_photos_shape() -> None:
    small = network("small", takes_any_size=False, layers=("whole",))
    backbones, joint = proposed(network("a"), small)
    assert joint is None
    assert backbones["small"] == {
        "name": "small",
        **small.source,
        "layers": ["whole"],
        "heads": [SVR],
    }
    backbones, _ = proposed(small)
    assert backbones["small"]["pooling"] == "none"
    assert "image_size" not in backbones["small"]


@pytest.mark.parametrize("sizes", [SIZES, ()], ids=["places", "pooled"])
def test_what_waits_for_an_answer_is_no_part_of_the_config(sizes: Any) -> None:
    entries = member_entries(
        [network("a"), network("b"), network("open", question="How?")], SCALE, sizes
    )
    content = members_content(entries)
    assert "open" not in str(content)
    (waiting,) = [one for one in entries[0].value if one.question]
    assert waiting.question == "How?"
    assert "open" not in describe_members(entries, SCALE)


def test_a_question_alone_has_no_head_of_places() -> None:
    backbones, joint = proposed(network("rows", maps=False), network("open", question="How?"))
    assert (list(backbones), joint) == (["rows"], None)


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ([(640, 960)] * 3, "height, width; larger shows smaller objects"),
        (
            [(6000, 8000)] * 3,
            "height, width; larger shows smaller objects. Photos are shrunk 17 times: where "
            "objects are less than 136 pixels wide, take [512, 512] and tile: {size: [512, 512]}",
        ),
    ],
)
def test_of_much_larger_photos_tiles_are_spoken_of(sizes: list[tuple[int, int]], told: str) -> None:
    (backbones,) = member_entries([network("a")], SCALE, sizes)
    (size,) = [one for one in backbones.value[0].value if one.key == "image_size"]
    assert size.comment == told
