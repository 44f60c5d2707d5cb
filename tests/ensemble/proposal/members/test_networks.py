from __future__ import annotations

from pathlib import Path

import pytest

from backbones.networks.anatomy import inspect_saved
from backbones.networks.catalog import application
from ensemble.proposal.members.network import Network
from ensemble.proposal.members.networks import BUILDERS, find_networks
from tests.ensemble.proposal.drawn import save_mapping_network


def test_a_network_whose_scaling_is_not_known_waits_for_the_user(
    no_weights: Path, tmp_path: Path
) -> None:
    save_mapping_network(no_weights / "mine.keras", scales=False)
    found = find_networks(tmp_path / "cache")
    first, asking = found.chosen
    assert first.source == {"application": "MobileNetV2", "fallback": "random"}
    assert asking.name == "mine"
    assert asking.source["preprocessing"] == "?"
    assert asking.question
    assert found.seen == (
        "mine waits in the config as a comment: its file does not say how photos are scaled",
    )
    assert "mobilenet_v2 falls back to random weights" in found.cautions[0]


def test_networks_of_one_name_are_told_apart(no_weights: Path, tmp_path: Path) -> None:
    for file in ("my-net.keras", "my_net.keras"):
        save_mapping_network(no_weights / file)
    found = find_networks(tmp_path / "cache")
    assert sorted(network.name for network in found.chosen) == ["my_net", "my_net_2"]
    assert found.cautions == ()


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(one, marks=pytest.mark.slow if number else ())
        for number, one in enumerate(BUILDERS)
    ],
    ids=lambda one: one.name,
)
def test_the_maps_of_builders_are_those_that_would_be_found(
    network: Network, tmp_path: Path
) -> None:
    builder = application(network.source["application"]).build
    builder(include_top=False, weights=None, input_shape=(None, None, 3)).save(tmp_path / "b.keras")
    assert inspect_saved(tmp_path / "b.keras").maps == network.maps
