from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from backbones.networks.anatomy import LayerMap
from backbones.networks.catalog import import_keras
from ensemble.proposal.members.saved import find_saved
from tests.ensemble.brightness import save_network
from tests.ensemble.proposal.drawn import save_mapping_network


def save_of_length(file: Path, length: int) -> None:
    """A network that scales, whose file is the longer the more channels it has."""
    keras = import_keras()
    photos = keras.Input((32, 32, 3))
    maps = keras.layers.Conv2D(length, 4, strides=4)(keras.layers.Rescaling(1 / 255)(photos))
    keras.Model(photos, maps).save(file)


def test_of_the_home_of_keras_the_largest_are_taken_and_the_others_told_of(
    no_weights: Path, tmp_path: Path
) -> None:
    no_weights.mkdir()
    for name, length in (("a", 200), ("b", 800), ("c", 400)):
        save_of_length(no_weights / f"{name}.keras", length)
    found = find_saved(None, tmp_path / "cache")
    assert [network.name for network in found.usable] == ["c", "b"]
    assert found.left_out == (
        f"{no_weights / 'a.keras'} is left out: larger ones are there; --networks takes it",
    )


def test_all_of_a_folder_that_was_named_are_taken_with_their_maps(tmp_path: Path) -> None:
    save_mapping_network(tmp_path / "mine" / "maps.keras")
    save_of_length(tmp_path / "mine" / "b.keras", 400)
    save_of_length(tmp_path / "mine" / "c.keras", 800)
    (tmp_path / "mine" / "broken.keras").write_bytes(b"PK")
    found = find_saved(tmp_path / "mine", tmp_path / "cache")
    by_name = {network.name: network for network in found.usable}
    assert by_name.keys() == {"maps", "b", "c"}
    assert by_name["maps"].maps == (LayerMap("half", 16, 6), LayerMap("whole", 32, 6))
    assert by_name["maps"].takes_any_size
    assert by_name["maps"].source["image_size"] == [224, 224]
    assert not by_name["b"].takes_any_size
    assert "image_size" not in by_name["b"].source
    (line,) = found.left_out
    assert line.startswith(f"left out: {tmp_path / 'mine' / 'broken.keras'} cannot be opened: ")
    assert "no whole .keras file" in line


def test_a_network_that_the_user_named_is_asked_about(tmp_path: Path) -> None:
    save_network(tmp_path / "plain.keras")
    found = find_saved(tmp_path / "plain.keras", tmp_path / "cache")
    assert found.usable == ()
    (network,) = found.asking
    assert network.source == {
        "model": str((tmp_path / "plain.keras").resolve()),
        "preprocessing": "?",
    }
    assert network.question.startswith("Its file does not say how photos are scaled for it")


def test_maps_take_two_bytes_a_number(tmp_path: Path) -> None:
    save_mapping_network(tmp_path / "maps.keras")
    (network,) = find_saved(tmp_path / "maps.keras", tmp_path / "cache").usable
    assert network.map_bytes([64, 96]) == 2 * 6 * (4 * 6 + 2 * 3)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("gone", "gone is not there; name a .keras file, or a folder of them"),
        ("empty", "empty holds no .keras file; name a folder of saved networks, or one"),
        ("notes.txt", "notes.txt is no .keras file; save the network as one, with Keras"),
        ("broken.keras", "broken.keras: no network there can be a backbone:"),
    ],
)
def test_a_place_without_networks_is_an_error(named: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "broken.keras").write_bytes(b"PK")
    with pytest.raises(InputError) as caught:
        find_saved(tmp_path / named, tmp_path / "cache")
    assert message in str(caught.value)
