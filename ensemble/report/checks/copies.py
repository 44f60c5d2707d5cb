"""Checks of photos that show the same as others."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from backbones.plural import count
from ensemble.digits import format_number
from ensemble.report.checks.check import first
from ensemble.report.contents import Finding
from ensemble.report.evidence import Evidence
from ensemble.stacking.blocks import seen_before


class ContradictingCopies:
    """Copies, or near copies, have different targets."""

    code: ClassVar[str] = "copies-differ"
    title: ClassVar[str] = "Copies with different targets"

    def __call__(self, evidence: Evidence) -> Finding | None:
        copies = evidence.near_copies
        if copies is None:
            return None
        ranges = copies.groupby("group")["target"].agg(np.ptp)
        differing = ranges[ranges > 0].sort_values(ascending=False, kind="stable")
        if differing.empty:
            return None
        named = pd.concat([copies[copies["group"] == group] for group in differing.index])["name"]
        return Finding(
            self.code,
            self.title,
            "Photos that show the same, or nearly, have different targets: "
            f"{count(len(differing), 'group')}, by up to {format_number(differing.iloc[0])}.",
            "At most one of each is right; see near_copies.csv in the run, and mend the table.",
            serious=True,
            photos=first(named.tolist()),
        )


class SplitCopies:
    """Near copies lie on both sides of a split."""

    code: ClassVar[str] = "copies-split"
    title: ClassVar[str] = "Near copies on both sides of a split"
    advice: ClassVar[str] = (
        "Set folds.near_copies: together, give a column of groups, or mend that of the folds."
    )
    of_time: ClassVar[str] = (
        "Where new photos will not be near copies of old ones, leave the later ones out of the "
        "table."
    )

    def __call__(self, evidence: Evidence) -> Finding | None:
        copies = evidence.near_copies
        if copies is None:
            return None
        shown = copies["item"] if "item" in copies else copies["name"]
        if evidence.blocks and evidence.folds is not None:
            block = shown.map(evidence.folds.set_index("name")["fold"])
            seen = seen_before(block.to_numpy(), copies["group"].to_numpy())
            split, advice = pd.Series(seen, copies.index), self.of_time
        else:
            fold = shown.map(evidence.photos["fold"])
            split, advice = fold.groupby(copies["group"]).transform("nunique") > 1, self.advice
        if not split.any():
            return None
        return Finding(
            self.code,
            self.title,
            f"{count(int(split.sum()), 'photo', 'was')} predicted by heads that had seen a near "
            "copy: the scores may be better than they will be on new photos.",
            advice,
            serious=True,
            photos=first(copies["name"][split].tolist()),
        )
