from __future__ import annotations

from pathlib import Path

from ensemble.proposal.members.networks import find_networks


def test_a_network_that_does_not_scale_pixels_is_left_out_with_the_reason(
    here: Path, no_weights: Path, tmp_path: Path
) -> None:
    from tests.ensemble.brightness import save_network

    save_network(no_weights / "plain.keras")
    found = find_networks(tmp_path / "cache")
    assert [network.name for network in found.chosen] == ["tiny_net"]
    assert "plain.keras is left out: it does not scale pixels itself" in found.seen[-1]
