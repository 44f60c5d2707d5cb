"""The networks and heads of a fitted ensemble, loaded once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from backbones.engines import EngineChoice
from backbones.features.cuts import WHOLE, Cuts
from backbones.features.forward_pass import ForwardPass, Job, open_passes
from backbones.features.store import Store
from ensemble import heads
from ensemble.heads import Regressor
from ensemble.scoring.members import FittedMembers


class Loaded:
    """What stays loaded, each part from when it is first needed."""

    def __init__(self, fitted: FittedMembers, engine: EngineChoice, cache: Path) -> None:
        self._fitted, self._engine, self._cache = fitted, engine, cache
        self._passes: dict[str, ForwardPass] = {}
        self._heads: dict[str, Regressor] = {}

    def jobs(self, keys: list[str], stores: Mapping[str, Store], cuts: Cuts = WHOLE) -> list[Job]:
        """One for each forward pass that some photos, or tiles, still need, by their keys."""
        backbones = self._fitted.backbones
        lacking = {
            one.fingerprint: stores[one.fingerprint].missing(cuts.seen_by(one, keys))
            for one in backbones
        }
        due = {one.forward_pass for one in backbones if lacking[one.fingerprint]}
        for name in due - self._passes.keys():
            group = [one for one in backbones if one.forward_pass == name]
            (self._passes[name],) = open_passes(group, self._cache, self._engine)
        return [
            Job(
                self._passes[name],
                [stores[one.fingerprint] for one in self._passes[name].backbones],
                {key for one in self._passes[name].backbones for key in lacking[one.fingerprint]},
            )
            for name in sorted(due)
        ]

    def head(self, member: str) -> Regressor:
        """The fitted head of a member; errors as ``heads.load``."""
        if member not in self._heads:
            folder = self._fitted.folders[member]
            self._heads[member] = heads.load(folder, self._engine, self._cache)
        return self._heads[member]
