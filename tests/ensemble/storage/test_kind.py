from __future__ import annotations

import pytest

from ensemble.storage.kind import kind_of

KEY = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("place", "is_folder", "name"),
    [
        (f"features/{KEY}", True, "features"),
        (f"heads/{KEY}", True, "heads"),
        (f"heads/{KEY}", False, "heads"),
        (f"predictions/{KEY}", True, "predictions"),
        (f"packs/{KEY}{KEY}", True, "unpacked runs"),
        (f"networks/{KEY}.bin", False, "converted networks"),
        (f"networks/{KEY}.seal", False, "converted networks"),
        (f"networks/compiled/{KEY}.blob", False, "compiled networks"),
        (f"networks/compiled/{KEY}.blob.12.partial", False, "unfinished"),
        (f"networks/{KEY}{KEY}.json", False, "facts of networks"),
        ("networks/compiled/14031140968657034318.blob", False, "compiled networks"),
        ("digests", True, "digests of photos"),
        (f"hashes/{KEY}", True, "hashes of photos"),
        (f"copies/{KEY}.npz", False, "comparisons of photos"),
        (f"copies/{KEY}.npz.12.partial", False, "unfinished"),
        (f"pictures/{KEY}.png", False, "pictures"),
        (f"probe/{KEY}.png", False, "pictures of probes"),
        (f"members/{KEY}.json", False, "labels of members"),
        (f"outputs/{KEY}.json", False, "records of outputs"),
        (f"heads/{KEY}.12.partial", False, "unfinished"),
        ("heads/tmpab_9xyz1", True, "unfinished"),
        (f"networks/{KEY}.12.xml", False, "unfinished"),
        (f"networks/{KEY}{KEY}.json.12.partial", False, "unfinished"),
        (f"features/{KEY}.12.removed", True, "unfinished"),
        ("digests.12.removed", True, "unfinished"),
    ],
)
def test_what_the_program_writes_is_known_by_its_name(
    place: str, is_folder: bool, name: str
) -> None:
    kind = kind_of(place, is_folder)
    assert kind is not None
    assert kind.name == name


@pytest.mark.parametrize(
    ("place", "is_folder"),
    [
        ("features", True),
        (f"features/{KEY}", False),
        (f"features/{KEY}0", True),
        (f"features/{KEY.upper()}", True),
        ("heads/notes.txt", False),
        (f"pictures/{KEY}.jpg", False),
        (f"{KEY}.12.partial", False),
        ("digests", False),
        ("thesis.12.partial", False),
    ],
)
def test_nothing_else_is_taken_for_it(place: str, is_folder: bool) -> None:
    assert kind_of(place, is_folder) is None
