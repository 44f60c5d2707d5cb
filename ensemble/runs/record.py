"""What a fit writes into its run directory."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from backbones.files import temporary_folder
from ensemble import heads
from ensemble.config.columns import Columns
from ensemble.config.config import default_cache
from ensemble.config.experiment import Experiment
from ensemble.photos.rejected import FILE as REJECTED
from ensemble.photos.rejected import lost_items, rejected_table
from ensemble.report.page.densities import shown_densities
from ensemble.report.picture import draw_leaderboard
from ensemble.runs import columns, items, novelty, places, probe
from ensemble.runs.folder import RunFolder, RunWriter
from ensemble.runs.networks import describe
from ensemble.runs.probe import Probe
from ensemble.runs.quantised import record_quantised
from ensemble.runs.versions import versions_with_engine
from ensemble.scoring.leaderboard import STACK
from ensemble.scoring.margins import Scored
from ensemble.scoring.result import FitResult
from ensemble.stacking import forms
from ensemble.stacking.crossfit import MemberFits

CONFIG = "config.yaml"
BACKBONES = "backbones.json"
VERSIONS = "versions.json"
NEAR_COPIES = "near_copies.csv"
APPEARANCE = "appearance.csv"
OUT_OF_FOLD = "oof.csv"
METRICS = "metrics.json"
LEADERBOARD = "leaderboard.csv"
INTERVALS = "intervals.json"
PICTURE = "leaderboard.png"
DENSITIES = "densities.npz"
MEMBERS = "members"
STACK_FOLDER = "stack"
FOLDS = "folds.csv"

#: What a run may write beside its folders.
TABLES_AND_PICTURES = (
    CONFIG,
    BACKBONES,
    VERSIONS,
    FOLDS,
    NEAR_COPIES,
    APPEARANCE,
    OUT_OF_FOLD,
    METRICS,
    LEADERBOARD,
    INTERVALS,
    PICTURE,
    DENSITIES,
    REJECTED,
    probe.PICTURE,
    probe.NUMBERS,
    novelty.FILE,
    places.FILE,
    columns.FILE,
    items.FILE,
    items.VIEWS,
)


def record(result: FitResult, run: RunWriter, taken: Probe) -> RunFolder:
    """Write the run: tables as CSV, the rest as YAML and JSON, models as skops and .keras."""
    experiment = result.experiment
    run.text(CONFIG, as_yaml(resolve_config(experiment)))
    run.json(BACKBONES, {one.name: describe(one) for one in experiment.backbones})
    run.json(VERSIONS, versions_with_engine(experiment.config.engine))
    if result.photos.columns is not None:
        columns.write_columns(result.photos.columns, run)
    run.text(FOLDS, _folds(result).to_csv(index=False))
    if result.copies is not None and result.copies.groups():
        run.text(NEAR_COPIES, result.copies.table(result.photos).to_csv(index=False))
    if result.photos.items is not None:
        items.write_items(result.photos, result.views, run)
    if result.appearance is not None:
        run.text(APPEARANCE, result.appearance.to_csv(index=False))
    run.text(OUT_OF_FOLD, result.out_of_fold().to_csv(index=False))
    run.text(LEADERBOARD, result.leaderboard.table().to_csv(index=False))
    run.json(METRICS, _metrics(result))
    data = experiment.config.data
    if data.skips_bad_photos:
        table = rejected_table(result.rejected, data.columns.name, data.columns.item)
        run.text(REJECTED, table.to_csv(index=False))
    run.json(INTERVALS, result.calibration.intervals.to_json())
    run.bytes(PICTURE, _picture(result))
    densities = shown_densities(result)
    if densities is not None:
        run.bytes(DENSITIES, densities)
    for one in result.fits:
        run.copy(f"{MEMBERS}/{one.member.name}", one.fitted)
        if one.histories:
            run.text(f"curves/{one.member.name}.csv", _curves(one).to_csv(index=False))
    with temporary_folder() as saved:
        heads.save(result.stack.regressor, saved)
        run.copy(STACK_FOLDER, saved)
    record_quantised(experiment, run)
    taken.write(run)
    if result.novelty is not None:
        novelty.write_novelty(result.novelty, run)
    if result.places is not None:
        places.write_places(result.places.rules, run)
    return run.close()


def resolve_config(experiment: Experiment) -> dict[str, Any]:
    """The config with every default, without what decides no result.

    That is the cache's place, who computes, and who is told of the run: it is the same on threads
    and on a cluster.
    """
    apart = {"parallel", "tracking"}
    content = experiment.resolved_config.model_dump(mode="json", exclude=apart)
    if content["cache_dir"] == default_cache():
        del content["cache_dir"]
    _leave_out_parts(content["data"])
    return content


def _leave_out_parts(data: dict[str, Any]) -> None:
    """Leave out the keys of labels of parts, where there are none: runs stay what they were."""
    named = data["columns"]
    if data["areas"] is None and data["counts"] is None:
        del data["areas"], data["counts"], named["count"]
        if named["polygon"] == Columns.model_fields["polygon"].default:  # regions have it as well
            del named["polygon"]


def as_yaml(content: Any) -> str:
    """The text of a config's content."""
    text = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(content, text)
    return text.getvalue()


def _folds(result: FitResult) -> pd.DataFrame:
    """``name, fold``; where folds go by time also ``time, target``: not all are in ``oof.csv``."""
    table, time = result.folds.table(), result.photos.time
    return table if time is None else table.assign(time=time.texts(), target=result.photos.target)


def _picture(result: FitResult) -> bytes:
    data = result.experiment.config.data
    ends = partial(result.calibration.intervals.around, limits=data.limits)
    target = result.photos.target[result.table.photo]
    return draw_leaderboard(
        result.leaderboard, target, result.stack.nested, ends, data.columns.only_target
    )


def _metrics(result: FitResult) -> dict[str, Any]:
    photos, config, scores = result.photos, result.experiment.config, result.leaderboard
    stack, metric, limit = result.stack, config.metric, config.score.only_above
    scored = Scored(
        result.table, stack.nested, photos.target, photos.weight, limit, metric, result.alone
    )
    margins = scored.margins(scores)
    ends = {metric.interval: margins[f"{metric.interval}s"].pop(STACK)}
    rounding = {} if stack.rounding is None else {"rounding": asdict(stack.rounding)}
    in_parts, blocks = int(np.count_nonzero(~photos.is_whole)), result.blocks()
    return {
        "photos": len(photos.paths),
        **_items(result),
        **({"blocks": [asdict(one) for one in blocks]} if blocks else {}),
        **({"photos_in_parts": in_parts} if in_parts else {}),
        "rejected": len(result.rejected),
        "stack": {"form": stack.form, **scores.stack.columns(), **ends, **rounding},
        "weights": _weights(result),
        "intervals": result.calibration.metrics,
        "best_member": scores.best_member,
        **result.worth(),
        **margins,
        **({} if result.places is None else {"places": result.places.metrics}),
    }


def _items(result: FitResult) -> dict[str, int]:
    if result.photos.items is None:
        return {}
    return {"items": len(result.photos), "items_left_out": len(lost_items(result.rejected))}


def _weights(result: FitResult) -> dict[str, float] | None:
    """The weight of each member in the stack; None where it is not a weighted sum."""
    members = result.table.members
    found = forms.coefficients(result.stack.regressor, len(members))
    return None if found is None else dict(zip(members, found, strict=True))


def _curves(fits: MemberFits) -> pd.DataFrame:
    """``left_out, epoch`` and a column a curve; ``left_out`` is empty for the final head."""
    final = heads.history(heads.load(fits.fitted))
    tables = [
        pd.DataFrame(
            {
                "left_out": "+".join(map(str, left_out)),
                "epoch": np.arange(1, 1 + len(next(iter(curves.values())))),
                **curves,
            }
        )
        for left_out, curves in [*fits.histories.items(), ((), final)]
    ]
    return pd.concat(tables)
