"""A multi-backbone ensemble for image regression: photos to a number.

Its rooms, from the doors down; each imports only from those below it:

- ``init``, ``fit``, ``submit``, ``compare``, ``pack``, ``cache``, ``backbones``: the commands.
- ``estimators``: ``BackboneFeatures`` and ``BackboneEnsemble``, for scikit-learn.
- ``placing``: new photos and a run -> where the number lies: maps, regions, points.
- ``targets``: the runs of several targets -> what a command does with all of them.
- ``training``, ``run``, ``reporting``, ``comparing``, ``probing``, ``prediction``: the ways through
  the house.
- ``runs``: what a fit found -> a folder that can be checked, opened and packed.
- ``report``: what a fit found -> tables, charts, a page.
- ``proposal``: a folder of photos -> a config that fits it.
- ``scoring``: out-of-fold table -> scores, leaderboard, intervals.
- ``stacking``: features, folds, heads -> out-of-fold table -> stack.
- ``photos``: tables and folders -> labelled photos -> features.
- ``terminal``: lines, tables, progress bars.
- ``storage``: the cache folder -> what it holds, and what of it is old.
- ``config``: a file -> an experiment that will run.
- ``densities``: a density over what a network saw -> cells of the photo, shares, points.
- ``heads``: features -> predictions.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

TYPE_CHECKING = False  # the module typing takes longer to import than Python to start
if TYPE_CHECKING:
    from typing import Any

    from ensemble.backbones import list_backbones
    from ensemble.comparing import compare
    from ensemble.estimators.backbone_ensemble import BackboneEnsemble
    from ensemble.estimators.backbone_features import BackboneFeatures
    from ensemble.placing.locating import locate
    from ensemble.proposal.proposing import init
    from ensemble.run import Run, open_run
    from ensemble.training import fit

__all__ = [
    "BackboneEnsemble",
    "BackboneFeatures",
    "Run",
    "compare",
    "fit",
    "init",
    "list_backbones",
    "locate",
    "open_run",
]

#: The module of each public name, imported when the name is first asked for.
_MODULES = {
    "BackboneEnsemble": "ensemble.estimators.backbone_ensemble",
    "BackboneFeatures": "ensemble.estimators.backbone_features",
    "Run": "ensemble.run",
    "compare": "ensemble.comparing",
    "fit": "ensemble.training",
    "list_backbones": "ensemble.backbones",
    "init": "ensemble.proposal.proposing",
    "locate": "ensemble.placing.locating",
    "open_run": "ensemble.run",
}


class _Package(ModuleType):
    """Keeps a public name where a module of that name is imported: ``ensemble.fit`` is both."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _MODULES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
