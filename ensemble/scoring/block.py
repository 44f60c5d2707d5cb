"""What fitted members say of photos, or items, whose features are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from backbones.features.store import Store
from ensemble.heads import Regressor
from ensemble.photos.beside import known_of
from ensemble.photos.channels import channel_means
from ensemble.photos.features import features_in
from ensemble.photos.subjects import Subject, columns_of, gathered
from ensemble.photos.views import predict_known
from ensemble.scoring.members import FittedMembers
from ensemble.scoring.tiles import Tiles

Numbers = npt.NDArray[np.float64]


def predict_members(
    fitted: FittedMembers,
    head: Callable[[str], Regressor],
    subjects: Sequence[Subject],
    stores: Mapping[str, Store],
    tiles: Tiles | None = None,
) -> Numbers:
    """Each member's predictions (n, members), by the `head` of its name.

    `stores` have the features of the photos, by the backbones' fingerprints; `tiles` those of
    members that see photos in tiles.
    """
    predictions = np.empty((len(subjects), len(fitted.members)))
    (keys, items), columns = gathered(subjects), columns_of(subjects)
    whole = [one for one in fitted.members if one.backbones and not one.sees_tiles]
    read = {one.fingerprint: one.backbones for one in whole}
    features = {name: features_in(stores, read[name], keys) for name in read}
    for number, member in enumerate(fitted.members):
        if member.sees_tiles:
            assert tiles is not None
            predictions[:, number] = tiles.predict(member, keys)
            continue
        seen = features.get(member.fingerprint)
        known = known_of(member, seen, columns, items, fitted.views)
        predictions[:, number] = predict_known(head(member.name), known)
    return predictions


def measure_novelty(
    fitted: FittedMembers,
    subjects: Sequence[Subject],
    stores: Mapping[str, Store],
    tiles: Tiles | None = None,
) -> Numbers:
    """How far each lies from those of the fit, (n, 1); (n, 0) where that is not known."""
    novelty = fitted.novelty
    if novelty is None:
        return np.empty((len(subjects), 0))
    keys, items = gathered(subjects)
    compared = next(one for one in fitted.backbones if one.name == novelty.backbone)
    if compared.spec.tile is None:
        means = channel_means(features_in(stores, [compared], keys))
    else:
        assert tiles is not None
        means = tiles.means(compared, keys)
    return items.mean(novelty.measure(means))[:, np.newaxis]
