from __future__ import annotations

import os
from pathlib import Path

import pytest

from ensemble.config.member import Member
from ensemble.heads import HeadSpec
from ensemble.stacking.fits import Labels
from ensemble.storage.inventory import take_inventory
from ensemble.storage.label import label_member, read_member_label
from tests.ensemble.stacking.test_stack import Case, N


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, nested=False)


def test_every_fit_of_a_crossfit_belongs_to_its_member(case: Case, tmp_path: Path) -> None:
    found: dict[str, int] = {}
    for entry in take_inventory(tmp_path).entries:
        if entry.kind is not None and entry.kind.name == "heads":
            assert entry.label is not None, entry
            found[entry.label.name] = found.get(entry.label.name, 0) + 1
    assert found == {member.name: 5 for member in case.members}
    labels = map(read_member_label, (tmp_path / "members").iterdir())
    knn = next(label for label in labels if label is not None and label.name == "b0.knn")
    assert (knn.head, knn.target) == ("KNeighborsRegressor", "none")
    assert knn.backbone == case.members[0].fingerprint


def test_each_use_is_dated_and_another_name_takes_the_label(case: Case, tmp_path: Path) -> None:
    labels = sorted((tmp_path / "members").iterdir())
    fits = sorted((tmp_path / "heads").iterdir())
    for path in labels:
        os.utime(path, (0, 0))
    renamed = Member(case.members[0].backbones, HeadSpec(head="ridge", name="other"))
    targets = Labels([f"{n:064x}" for n in range(N)], case.y)
    case.crossfit(renamed, targets, False, tmp_path)
    assert sorted((tmp_path / "members").iterdir()) == labels
    assert sorted((tmp_path / "heads").iterdir()) == fits
    dated = [path for path in labels if path.stat().st_mtime > 0]
    assert [label.name for path in dated if (label := read_member_label(path))] == ["b0.other"]


def test_fits_come_out_where_no_label_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "members").write_text("in the way")
    assert len(Case(tmp_path, nested=False).fits) == 5


def test_the_order_of_fits_makes_no_other_label(case: Case, tmp_path: Path) -> None:
    before = len(list((tmp_path / "members").iterdir()))
    for fits in (["a", "b"], ["b", "a", "a"]):
        label_member(tmp_path, case.members[0], fits)
    assert len(list((tmp_path / "members").iterdir())) == before + 1
