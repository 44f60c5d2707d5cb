"""A config validated against Keras and the files, before any photo is read."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backbones.engines import check_precision, choose_engine
from backbones.engines.quantisation import check_quantisation
from backbones.errors import InputError
from backbones.networks.backbone import Backbone, resolve
from backbones.networks.spec import BackboneSpec
from backbones.places import check_folder
from ensemble.config.config import CACHE_DIR, Config, default_cache
from ensemble.config.data import Data
from ensemble.config.document import ConfigError
from ensemble.config.entries import make_members
from ensemble.config.member import Member
from ensemble.config.mistakes import describe_mistakes, valid_sections
from ensemble.config.settings import read_config
from ensemble.config.tiles import tile_mistakes
from ensemble.heads import takes_maps

_LOG = logging.getLogger("ensemble")


@dataclass(frozen=True)
class Experiment:
    """A validated config and its resolved backbones."""

    config: Config
    backbones: tuple[Backbone, ...]

    @property
    def members(self) -> list[Member]:
        """One for each head of each backbone, of several, then of columns, as in the config.

        Of items, one for each way in which heads of backbones learn them.
        """
        config = self.config
        return make_members(config.entries, self.backbones, config.data.columns, config.views)

    @property
    def takes_maps(self) -> bool:
        """Whether a head learns from where the objects are."""
        return any(takes_maps(member.head.head) for member in self.members)

    @property
    def depends_on_processor(self) -> bool:
        """Whether features may differ, visibly, between processors: see ``Precision``."""
        return any(entry.precision != "float32" for entry in self.config.backbones)

    @property
    def quantised(self) -> tuple[Backbone, ...]:
        """The backbones that are computed in whole numbers."""
        return tuple(one for one in self.backbones if one.is_quantised)

    @property
    def resolved_config(self) -> Config:
        """The config as it was used, so that the run can be opened from any folder.

        Paths are absolute, and an entry that fell back to random weights states them.
        """
        entries = tuple(
            entry.model_copy(update=_resolved_entry(entry, backbone))
            for entry, backbone in zip(self.config.backbones, self.backbones, strict=True)
        )
        data = self.config.data.model_copy(
            update={"folder": str(self.config.data.path("").resolve())}
        )
        return self.config.model_copy(update={"backbones": entries, "data": data})


def open_experiment(
    given: str | Path | Mapping[str, Any], settings: Sequence[str] = ()
) -> Experiment:
    """The experiment of a config file, or of its content, with `settings` put over it.

    Raises
    ------
    ConfigError
        All mistakes at once: invalid keys and values, invalid networks, missing files.
    """
    content = read_config(given, settings)
    source = "the config" if isinstance(given, Mapping) else str(given)
    return resolve_experiment(content, source, with_files=True)


def resolve_experiment(
    content: dict[str, Any], source: str, with_files: bool = False
) -> Experiment:
    """The experiment of a config's content; `source` names it in messages.

    Raises
    ------
    ConfigError
        Every mistake at once: of keys and values, of the networks and, `with_files`, of missing
        tables and folders of the data.
    """
    mistakes: list[str] = []
    try:
        config = Config.model_validate(content)
    except ValidationError as error:
        config = None
        mistakes += describe_mistakes(content, error)
    entries = config.backbones if config else valid_sections(content.get("backbones"), BackboneSpec)
    if with_files:
        data = [config.data] if config else valid_sections([content.get("data")], Data)
        mistakes += [mistake for one in data for mistake in _missing_files(one)]
    backbones: list[Backbone] = []
    try:
        cache = config.cache if config else Path(default_cache()).expanduser()
        check_folder(cache, CACHE_DIR)
        backbones = resolve(entries, cache)
    except InputError as error:
        mistakes += error.mistakes
    if config is not None and not mistakes:
        mistakes += _unlike_frames(config, backbones)
        mistakes += [*_too_coarse(config), *tile_mistakes(config, backbones)]
    if config is None or mistakes:
        count = "one mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise ConfigError(f"{source} has {count}:", mistakes)
    return Experiment(config, tuple(backbones))


def _unlike_frames(config: Config, backbones: Sequence[Backbone]) -> list[str]:
    """Joint entries of maps that do not lie over each other: letterboxes of other shapes."""
    specs = {spec.name: spec for spec in config.backbones}
    sizes_of = {spec.name: one.size for spec, one in zip(config.backbones, backbones, strict=True)}
    mistakes = []
    for entry in config.joint:
        letterboxed = all(specs[name].resize == "letterbox" for name in entry.backbones)
        frames = [sizes_of[name] for name in entry.backbones if specs[name].keeps_maps]
        if letterboxed and len({Fraction(*size) for size in frames}) > 1:
            sizes = ", ".join("{} x {}".format(*size) for size in frames)
            mistakes.append(
                f"joint.{entry.name}: letterboxes of {sizes} pixels have other margins; give the "
                "backbones one ratio of sides, or resize: squash"
            )
    return mistakes


def _too_coarse(config: Config) -> list[str]:
    """Entries with a precision that nothing on this machine computes in."""
    mistakes = []
    for entry in config.backbones:
        if entry.precision != "float32":
            try:
                engine = choose_engine(config.engine)
                check_precision(entry.precision, engine, f"backbones.{entry.name}")
                if entry.precision == "int8":
                    check_quantisation(f"backbones.{entry.name}")
            except InputError as error:
                mistakes += error.mistakes
    return mistakes


def _resolved_entry(entry: BackboneSpec, backbone: Backbone) -> dict[str, Any]:
    if backbone.weights.fell_back:
        return {"weights": "random", "fallback": None}
    if entry.weights_file is None:
        return {}
    return {"model" if entry.model else "weights": str(entry.weights_file.resolve())}


def _missing_files(data: Data) -> list[str]:
    if data.render is not None:  # the files are yet to be drawn
        return []
    files = {
        "train": data.train,
        "test": data.test,
        "boxes": data.boxes,
        "points": data.points,
        "areas": data.areas,
        "counts": data.counts,
        "sample_submission": data.sample_submission,
    }
    missing = [
        f"data.{key}: there is no file {data.path(file)}"
        for key, file in files.items()
        if file is not None and not data.path(file).is_file()
    ]
    if data.objects is not None and not data.path(data.objects.path).exists():
        place = data.path(data.objects.path)
        missing.append(f"data.objects.path: there is no file or folder {place}")
    try:
        folder = data.photos_folder()
    except InputError as error:
        return [*missing, f"data.images: {error}"]
    if not folder.is_dir():
        missing.append(f"data.images: there is no folder {folder}")
    return missing


def warn_of_fallbacks(experiment: Experiment) -> None:
    """Say loudly which backbones run with random weights in place of imagenet's."""
    for backbone in experiment.backbones:
        if backbone.weights.fell_back:
            _LOG.warning(
                "%s: imagenet weights are not at hand and could not be fetched; RANDOM weights are "
                "used, as fallback: random allows. Scores will be worse",
                backbone.name,
            )
