"""The experiment of a run, held against the networks of this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from backbones.errors import InputError
from backbones.networks.backbone import Backbone, resolve
from ensemble.config.columns import LOWER, STACK, UPPER
from ensemble.config.config import Config, default_cache
from ensemble.config.experiment import Experiment
from ensemble.config.settings import ConfigError, read_config, read_mapping
from ensemble.runs.damage import named
from ensemble.runs.folder import RunFolder
from ensemble.runs.networks import Networks, difference, missing_files
from ensemble.runs.quantised import restore_quantised
from ensemble.runs.record import BACKBONES, CONFIG, INTERVALS, VERSIONS
from ensemble.runs.versions import installed_version
from ensemble.scoring.intervals import Intervals

#: Keys that may differ from those of the fit: they say where things are, what runs them, or how a
#: table of new photos is written.
_SETTABLE = re.compile(
    r"engine|cache_dir|backbones\.[^.]+\.(model|weights)|data\.(separator|decimal|encoding)"
)


def read_experiment(
    files: RunFolder, settings: Sequence[str] = (), built_by: str | None = None
) -> Experiment:
    """The run's config and backbones, which must still be what the run was fitted with.

    Parameters
    ----------
    settings : sequence of str
        ``KEY=VALUE`` put over the config: ``backbones.NAME.model`` and ``backbones.NAME.weights``,
        files with the digest of the run's; ``engine`` and ``cache_dir``; ``data.separator``,
        ``data.decimal`` and ``data.encoding``.
    built_by : str, optional
        The version of the Keras that has built the converted networks; by default it is to be
        that of this machine.

    Raises
    ------
    ConfigError
        A setting of another key: the heads were fitted with all the rest of the config.
    InputError
        Weights have changed since, or, for a run of format 1, Keras has: their features would not
        fit the heads.
    """
    config = read_run_config(files, settings)
    if files.format == 1:
        return Experiment(config, tuple(_open_format_1(files, config)))
    with named(files.path(VERSIONS)):
        features = files.json(VERSIONS)["features"]
    keras_version = built_by or installed_version("keras")
    with named(files.path(BACKBONES)):
        networks = Networks(files.json(BACKBONES), features, keras_version, config.cache)
        experiment = Experiment(config, tuple(networks.open(config.backbones)))
    return restore_quantised(experiment, files, BACKBONES)


def read_run_config(files: RunFolder, settings: Sequence[str] = ()) -> Config:
    """The config of a run, with `settings` put over it; see ``read_experiment``."""
    for setting in settings:
        if not _SETTABLE.fullmatch(setting.partition("=")[0]):
            raise ConfigError(
                f"--set {setting}: of a run only backbones.NAME.model, backbones.NAME.weights, "
                "data.separator, data.decimal, data.encoding, engine and cache_dir may be set; its "
                "heads were fitted with the rest"
            )
    path = files.path(CONFIG)
    content = read_mapping(path, str(path))
    with named(path):
        for entry in content["backbones"]:
            entry["fallback"] = None  # for the heads were not fitted on what it falls back to
    try:
        return Config.model_validate(read_config(content, settings))
    except ValidationError as error:
        mistakes = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors(include_url=False)
        ]
        if settings:
            raise ConfigError(
                f"--set {' '.join(settings)}: does not fit the run:", mistakes
            ) from None
        raise InputError(
            f"{path} is not a config of this version; run the fit again:", mistakes
        ) from None


def cache_folder(settings: Sequence[str]) -> Path:
    """The cache that the settings of a run name, or the default one."""
    named = [one for one in settings if one.partition("=")[0] == "cache_dir"]
    return Path(read_config({"cache_dir": default_cache()}, named)["cache_dir"]).expanduser()


def _open_format_1(files: RunFolder, config: Config) -> list[Backbone]:
    """Keras says what the networks are, and has to be that of the fit: there is no probe."""
    with named(files.path(VERSIONS)):
        then, now = files.json(VERSIONS)["keras"], installed_version("keras")
    if then != now:
        raise InputError(
            f"{files.folder} was fitted with Keras {then}, and Keras {now} is installed; the run "
            "is of format 1, which keeps nothing to tell whether both make the same features. "
            f"python -m pip install keras=={then}, or run the fit again"
        )
    if missing := missing_files(config.backbones):
        raise InputError(
            "networks that are not those of the run; bring those, or run the fit again:", missing
        )
    backbones, described = resolve(config.backbones, config.cache), files.json(BACKBONES)
    with named(files.path(BACKBONES)):
        changed = [
            difference(one, described[one.name])
            for one in backbones
            if described[one.name]["fingerprint"] != one.fingerprint
        ]
    if changed:
        raise InputError(
            f"backbones are not those that {files.folder} was fitted with; bring these back or "
            "run the fit again:",
            changed,
        )
    return backbones


def read_table(files: RunFolder, file: str) -> pd.DataFrame:
    """A table of a run with names of photos, as they stand; what no stack predicted is NaN.

    Raises
    ------
    InputError
        It is missing, or no table.
    """
    with named(files.path(file)) as path:
        empty = {column: [""] for column in (STACK, LOWER, UPPER)}
        return pd.read_csv(path, dtype={"name": str}, keep_default_na=False, na_values=empty)


def read_intervals(files: RunFolder) -> Intervals:
    """The intervals of a run.

    Raises
    ------
    InputError
        They are missing, or written in another way.
    """
    with named(files.path(INTERVALS)):
        return Intervals.from_json(files.json(INTERVALS))
