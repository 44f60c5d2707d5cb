"""The probe of a fit taken, and that of a run held against what is installed here."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backbones.errors import InputError
from backbones.features.cuts import Cuts
from backbones.features.extract import extract, run_blocks
from backbones.features.store import Store, TransientStore, open_store
from backbones.files import atomic_write
from backbones.networks.backbone import Backbone
from backbones.photos.images import upright_size, views
from backbones.progress import Silent
from ensemble.heads.archive import HeadFileError
from ensemble.photos.subjects import Subject
from ensemble.prediction import Predictor
from ensemble.runs import probe
from ensemble.runs.probe import Probe
from ensemble.runs.versions import describe_differences
from ensemble.scoring.members import FittedMembers
from ensemble.scoring.result import FitResult
from ensemble.scoring.tiles import Tiles
from ensemble.stacking.complaints import refuse_no_numbers

_LOG = logging.getLogger("ensemble")

#: What each part that differs was made by: name -> version then and now.
Differences = Mapping[str, tuple[str, str]]

_KEY = "probe"


def probe_photo(cache: Path) -> dict[str, list[Path]]:
    """The probe's picture as a file in the cache: its digest and its one place."""
    picture = probe.draw()
    digest = hashlib.sha256(picture).hexdigest()
    path = cache / "probe" / f"{digest[:32]}.png"
    if not (path.is_file() and path.read_bytes() == picture):
        with atomic_write(path) as partial_file:
            partial_file.write_bytes(picture)
    return {digest: [path]}


def take_probe(result: FitResult) -> Probe:
    """What the parts of a fitted ensemble make of the picture.

    Its features are kept in the cache as those of the photos are, so that networks are run for it
    once.
    """
    config, backbones = result.experiment.config, result.experiment.backbones
    photo = probe_photo(config.cache)
    ((digest, (path,)),) = photo.items()
    extract(photo, backbones, config.cache, config.engine, Silent())
    fitted, tabular = FittedMembers.from_result(result), result.photos.columns
    columns = None if tabular is None else tabular.values[:1]  # any row will do
    cuts = Cuts.of_files(backbones, photo, config.cache)
    with ExitStack() as opened_stores:
        stores: dict[str, Store] = {}
        for one in backbones:
            stores[one.fingerprint] = open_store(one, config.cache, config.engine)
            opened_stores.callback(stores[one.fingerprint].close)
            # An extraction looks at no maps, which are many: this one has to be whole.
            if stores[one.fingerprint].missing(cuts.keys(one, [digest])):
                extract(photo, [one], config.cache, config.engine, Silent())
        predictor = Predictor(fitted, config.engine, config.cache)
        members = _predict(predictor, _alone(digest, fitted, columns), stores, cuts)
        features = _features(backbones, stores, cuts, digest)
    for member, value in zip(fitted.members, members.T, strict=True):
        refuse_no_numbers(member.name, value, "pictures that a run is checked by")
    stack, spread = float(fitted.stack.predict(members)[0]), float(result.photos.target.std())
    row = None if columns is None else columns[0]
    return Probe(path.read_bytes(), features, members[0], stack, spread, row)


def check_probe(predictor: Predictor, taken: Probe, differing: Differences, run: Path) -> None:
    """Run the picture through the ensemble as it is here, and hold every part against the fit.

    Where all agree, what differs, if anything does, is logged.

    Raises
    ------
    InputError
        Parts that make other numbers: all of them, by how much, and what differs.
    """
    backbones, fitted = predictor.fitted.backbones, predictor.fitted
    now: dict[str, Store] = {o.fingerprint: TransientStore(o.length, o.dtype) for o in backbones}
    then: dict[str, Store] = {o.fingerprint: TransientStore(o.length, o.dtype) for o in backbones}
    cuts = _cut(backbones, taken.picture)
    keys = {key for one in backbones for key in cuts.keys(one, [_KEY])}
    jobs = predictor.loaded.jobs(list(keys), now, cuts)
    load = partial(views, taken.picture, str(run / probe.PICTURE))
    for _ in run_blocks(cuts.loads({_KEY: load}, keys), jobs, 1, lambda _: None):
        for job in jobs:
            job.finish()
    for one in backbones:
        own = cuts.keys(one, [_KEY])
        then[one.fingerprint].write(own, taken.features[one.name].reshape(len(own), -1))
    beside = None if taken.columns is None else taken.columns[np.newaxis]
    picture = _alone(_KEY, fitted, beside)
    members = _predict(predictor, picture, then, cuts)[0]
    stacked = fitted.stack.predict(taken.members[np.newaxis])[0]
    whole = fitted.stack.predict(_predict(predictor, picture, now, cuts))[0]
    seen = _features(backbones, now, cuts, _KEY)
    distances = {
        **{
            f"features of {name}": (distance, probe.FEATURES)
            for name, distance in taken.feature_distances(seen).items()
        },
        **{
            f"head {member.name}": (taken.prediction_distance(before, after), probe.PREDICTIONS)
            for member, before, after in zip(fitted.members, taken.members, members, strict=True)
        },
        "stack": (taken.prediction_distance(taken.stack, stacked), probe.PREDICTIONS),
        "the whole": (taken.prediction_distance(taken.stack, whole), probe.WHOLE),
    }
    _judge(distances, differing, run)


def feature_lengths(backbones: Sequence[Backbone], picture: Path) -> dict[str, int]:
    """How many features each backbone has of the picture, by name."""
    cuts = _cut(backbones, picture.read_bytes())
    return {one.name: one.length * len(cuts.keys(one, [_KEY])) for one in backbones}


def _cut(backbones: Sequence[Backbone], picture: bytes) -> Cuts:
    return Cuts.of(backbones, lambda: {_KEY: upright_size(io.BytesIO(picture))})


def _predict(
    predictor: Predictor, picture: Subject, stores: Mapping[str, Store], cuts: Cuts
) -> npt.NDArray[np.float64]:
    """Each member's prediction, (1, members), of features in the stores."""
    tiles = Tiles(predictor.fitted, predictor.loaded.head, cuts)
    tiles.take(tiles.missing(picture.photos), stores)
    return predictor.predict_block([picture], stores, tiles)


def _features(
    backbones: Sequence[Backbone], stores: Mapping[str, Store], cuts: Cuts, photo: str
) -> dict[str, npt.NDArray[np.floating]]:
    """By the backbone's name; those of tiles, one after the other."""
    return {
        one.name: stores[one.fingerprint].read(cuts.keys(one, [photo])).ravel() for one in backbones
    }


def _alone(key: str, fitted: FittedMembers, columns: npt.NDArray[np.float64] | None) -> Subject:
    """The picture as what is predicted: a photo, or an item of one that shows no known view.

    Beside it is the first row of columns, where heads take any.
    """
    row = None if columns is None else columns[0].tobytes()
    return Subject((key,), ("",) if fitted.of_items else None, row)


def _judge(distances: Mapping[str, tuple[float, float]], differing: Differences, run: Path) -> None:
    """`distances` has, for each part, how far it lies from the fit's and how far it may."""
    beyond = [
        f"{part}: {distance:.2g} apart, {allowed:g} allowed"
        for part, (distance, allowed) in distances.items()
        if not distance <= allowed
    ]
    if beyond:
        way_on = f"({describe_differences(differing)}); install what it was fitted with, or"
        if not differing:
            way_on = "with the same versions: this processor rounds otherwise;"
        raise InputError(
            f"{run} makes other numbers here than where it was fitted {way_on} run the fit again. "
            "Of its probe differ (features as a share of the largest, predictions of the target's "
            "spread):",
            beyond,
        )
    if not differing:
        return
    of_features = [one for part, (one, _) in distances.items() if part.startswith("feat")]
    features = max(of_features, default=0.0)
    _LOG.warning(
        "%s was fitted with other versions (%s); its probe agrees: features to %.1g of the "
        "largest, predictions to %.1g of the target's spread",
        run,
        describe_differences(differing),
        features,
        distances["the whole"][0],
    )


def explain(error: HeadFileError, differing: Differences) -> InputError:
    """What to do about a head that cannot be read and that other versions have saved."""
    packages = {name: differing[name] for name in ("scikit-learn", "skops") if name in differing}
    if not packages:
        return error
    pins = " ".join(f"{name}=={then}" for name, (then, _) in packages.items())
    return InputError(
        f"{error.file} was saved with other versions ({describe_differences(packages)}), and may "
        f"be sound. If the run is yours: python -m pip install {pins}, or run the fit again. "
        "Here it",
        [error.reason],
    )
