"""The heads that learn from columns of the tables, and what a config may say of them."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import field_validator

from backbones.section import Section
from ensemble.config.columns import TABULAR
from ensemble.config.entry import check_names
from ensemble.heads import HeadSpec, takes_columns


class TabularEntry(Section):
    """Heads that are trained on the columns of `data.columns.features` alone."""

    heads: tuple[HeadSpec, ...]
    """The heads that learn from them."""

    @field_validator("heads")
    @classmethod
    def _check_heads(cls, heads: tuple[HeadSpec, ...]) -> tuple[HeadSpec, ...]:
        check_names([head.name for head in heads], "heads of columns", needed=True)
        unsuited = [head.name for head in heads if not takes_columns(head.head)]
        if unsuited:
            raise ValueError(
                f"{', '.join(unsuited)} cannot learn from columns; ridge, svr and the regressors "
                "of scikit-learn can, as HistGradientBoostingRegressor"
            )
        said = [head.name for head in heads if head.columns]
        if said:
            raise ValueError(
                f"{', '.join(said)}: heads of tabular learn from columns alone; leave out columns: "
                "true, or give the head to a backbone"
            )
        return heads

    @property
    def name(self) -> str:
        """The first part of its members' names."""
        return TABULAR

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the backbones that it learns from: none."""
        return ()


def column_mistakes(
    features: Iterable[str],
    heads: Iterable[tuple[str, HeadSpec]],
    tabular: TabularEntry | None,
    backbones: Iterable[str],
) -> list[str]:
    """What does not go together of columns, the heads that take them, and the backbones' names.

    `heads` are those of all entries, each with the name of its entry.
    """
    named = list(features)
    taking = [f"{entry}.{head.name}" for entry, head in heads if head.columns]
    found = []
    if not named and taking:
        found.append(
            f"{', '.join(taking)}: columns: true needs data.columns.features, the columns to take"
        )
    if not named and tabular is not None:
        found.append("tabular needs data.columns.features, the columns to learn from")
    if named and not taking and tabular is None:
        found.append(
            f"data.columns.features: no head takes {', '.join(named)}; add "
            "tabular: {heads: [ridge]}, or columns: true to a head"
        )
    if tabular is not None and TABULAR in backbones:
        found.append(
            f"backbones.{TABULAR}: the members of tabular are called {TABULAR}; give the backbone "
            "another name"
        )
    return found
