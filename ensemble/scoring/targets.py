"""The fitted ensembles of several targets as one, so that photos go through networks once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ensemble.config.columns import NOVELTY, names_of
from ensemble.config.member import Member
from ensemble.scoring.members import FittedMembers, Numbers


@dataclass(frozen=True)
class TargetMember(Member):
    """A member that predicts one of several targets."""

    target: str = field(kw_only=True)

    @property
    def name(self) -> str:
        """As ``weight.mobilenet_v2.ridge``."""
        return f"{self.target}.{super().name}"


@dataclass(frozen=True)
class FittedTargets(FittedMembers):
    """The members of all targets; what is not of a target is that of the first."""

    parts: Mapping[str, FittedMembers] = field(kw_only=True)  #: by target

    @classmethod
    def together(cls, ensembles: Mapping[str, FittedMembers]) -> FittedTargets:
        """One ensemble of those of several targets, which have the same networks."""
        parts = {target: _named(target, one) for target, one in ensembles.items()}
        members = tuple(member for part in parts.values() for member in part.members)
        folders = {name: path for part in parts.values() for name, path in part.folders.items()}
        first = next(iter(parts.values()))
        identity = "".join(part.identity for part in parts.values())
        return cls(
            **{**_stated(first), "members": members, "folders": folders, "identity": identity},
            parts=parts,
        )

    def table(self, names: npt.NDArray[np.str_], numbers: Numbers) -> pd.DataFrame:
        """``name``, and of each target ``TARGET.MEMBER``, ``TARGET.stack`` and the ends.

        Parameters and errors as of ``FittedMembers.table``; ``novelty`` is the last column.
        """
        tables, begin = [pd.DataFrame({"name": names})], 0
        far, novelty = numbers[:, len(self.members) :], pd.DataFrame()
        for target, part in self.parts.items():
            own = numbers[:, begin : begin + len(part.members)]
            begin += len(part.members)
            shared = replace(part, novelty=self.novelty)
            table = shared.table(names, np.column_stack([own, far])).drop(columns="name")
            novelty = table[[one for one in table if one == NOVELTY]]
            tables.append(table.drop(columns=novelty.columns).rename(columns=names_of(target, [])))
        return pd.concat([*tables, novelty], axis=1)


def _named(target: str, one: FittedMembers) -> FittedMembers:
    """An ensemble whose members have the target's name before their own."""
    members = tuple(TargetMember(**_stated(member), target=target) for member in one.members)
    folders = {f"{target}.{name}": path for name, path in one.folders.items()}
    return replace(one, members=members, folders=folders)


def _stated(one: Member | FittedMembers) -> dict[str, Any]:
    return {part.name: getattr(one, part.name) for part in fields(one)}
