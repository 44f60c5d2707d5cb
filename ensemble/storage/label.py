"""The label of a member's fits: which files of the cache belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from backbones.key import key
from backbones.label import read_label, write_label
from ensemble.config.member import Member

#: The folder of the labels, in the cache folder.
FOLDER = "members"


class MemberLabel(BaseModel):
    """What a person knows a member by. Its name is the one that the last config gave it."""

    model_config = ConfigDict(frozen=True)

    name: str  #: as ``mobilenet_v2.ridge``
    head: str  #: ridge, svr, mlp, density, or a regressor of scikit-learn
    target: str  #: the scale on which the head learns
    backbone: str  #: SHA-256 (hex) of all that decides the features
    fits: tuple[str, ...]  #: names in the cache's folder ``heads``


def label_member(cache: Path, member: Member, fits: Sequence[str]) -> None:
    """Writes down that these fits (names in the folder ``heads``) are of a member, and used now.

    The same fits have one label, whatever their member is called.
    """
    label = MemberLabel(
        name=member.name,
        head=member.head.head,
        target=member.head.target,
        backbone=member.fingerprint,
        fits=tuple(sorted(set(fits))),
    )
    write_label(cache / FOLDER / f"{key(label.fits)[:32]}.json", label)


def read_member_label(path: Path) -> MemberLabel | None:
    """The label in a file; None where it is damaged, or of a version that this one cannot read."""
    return read_label(path, MemberLabel)
