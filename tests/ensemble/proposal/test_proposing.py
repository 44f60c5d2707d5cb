from __future__ import annotations

from pathlib import Path

import pytest

import ensemble
from backbones.errors import InputError
from tests.ensemble.proposal.drawn import draw


@pytest.mark.parametrize(
    ("header", "row", "asked", "message"),
    [
        ("f,v", "{name},7", {}, "the target is 7 for all 24 photos"),
        ("f,v", "{name},{number} kg", {}, "numbers stand without a unit, as 'kg' in '0 kg'"),
        ("f,v", "{name},{number}", {"names": "g"}, "'g'; known: 'f', 'v'"),
        ("f,v", "{name},{number}", {"group": "g"}, "'g'; known: 'f', 'v'"),
        ("f,v", "p00.jpg,{number}", {}, "nothing says a number for the photos"),
        ("f,v", "{name},{number}", {"config": "d"}, "d is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_learned_from_is_an_error_with_a_way_on(
    header: str, row: str, asked: dict[str, str], message: str, here: Path
) -> None:
    draw(here / "d", "t.csv", header, row)
    with pytest.raises(InputError) as caught:
        ensemble.init("d", **asked)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert not (here / "d.yaml").exists()


def test_a_folder_that_a_config_would_read_as_a_variable_is_refused(here: Path) -> None:
    draw(here / "a ${X}", "t.csv")
    with pytest.raises(InputError, match="stands for a variable there"):
        ensemble.init("a ${X}", config="a.yaml")
    assert not (here / "a.yaml").exists()
