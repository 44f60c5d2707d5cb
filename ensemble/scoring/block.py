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

Numbers = npt.NDArray[np.float64]


def predict_members(
    fitted: FittedMembers,
    head: Callable[[str], Regressor],
    subjects: Sequence[Subject],
    stores: Mapping[str, Store],
) -> Numbers:
    """Each member's predictions (n, members), by the `head` of its name.

    `stores` have the features of the photos, by the backbones' fingerprints.
    """
    predictions = np.empty((len(subjects), len(fitted.members)))
    (keys, items), columns = gathered(subjects), columns_of(subjects)
    read = {one.fingerprint: one.backbones for one in fitted.members if one.backbones}
    features = {name: features_in(stores, read[name], keys) for name in read}
    for number, member in enumerate(fitted.members):
        seen = features.get(member.fingerprint)
        known = known_of(member, seen, columns, items, fitted.views)
        predictions[:, number] = predict_known(head(member.name), known)
    return predictions


def measure_novelty(
    fitted: FittedMembers, subjects: Sequence[Subject], stores: Mapping[str, Store]
) -> Numbers:
    """How far each lies from those of the fit, (n, 1); (n, 0) where that is not known."""
    novelty = fitted.novelty
    if novelty is None:
        return np.empty((len(subjects), 0))
    keys, items = gathered(subjects)
    compared = [one for one in fitted.backbones if one.name == novelty.backbone]
    far = items.mean(novelty.measure(channel_means(features_in(stores, compared, keys))))
    return far[:, np.newaxis]
