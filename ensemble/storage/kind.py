"""The kinds of things that the program keeps in the cache folder, known by their names there."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: what a person calls it, and where it lies."""

    name: str
    place: str  #: regular expression of a whole path below the cache folder, with / between
    is_folder: bool | None  #: None: either
    one: str = "file"  #: what there are several of

    def covers(self, place: str, is_folder: bool) -> bool:
        """Whether a path below the cache folder is of this kind, with all that is in it."""
        sort = self.is_folder is None or self.is_folder is is_folder
        return sort and re.fullmatch(self.place, place) is not None


_KEY = "[0-9a-f]{32}"
_ANY_KEY = "[0-9a-f]{32,64}"

FEATURES = Kind("features", f"features/{_KEY}", True, "store")
HEADS = Kind("heads", f"heads/{_KEY}", None, "fit")
MEMBER_LABELS = Kind("labels of members", rf"members/{_KEY}\.json", False)
#: OpenVINO's files of a network and their seal, or why it has none.
NETWORKS = Kind("converted networks", rf"networks/{_KEY}\.(xml|bin|seal|json)", False)
#: Never too old: without them, outputs of the program would pass for the user's.
OUTPUTS = Kind("records of outputs", rf"outputs/{_KEY}\.json", False, "record")

#: Every kind, in the order in which they are listed.
KINDS = (
    FEATURES,
    HEADS,
    Kind("predictions", f"predictions/{_ANY_KEY}", True, "store"),
    Kind("unpacked runs", f"packs/{_ANY_KEY}", True, "run"),
    NETWORKS,
    Kind("compiled networks", rf"networks/compiled/(\d+|{_KEY})\.blob", False),
    Kind("facts of networks", r"networks/[0-9a-f]{64}\.json", False),
    Kind("digests of photos", "digests", True, "store"),
    Kind("digests behind URLs", "remote", True, "store"),
    Kind("downloaded photos", "downloads/[0-9a-f]{64}", False, "photo"),
    Kind("hashes of photos", f"hashes/{_KEY}", True, "store"),
    Kind("appearance of photos", f"appearance/{_KEY}", True, "store"),
    Kind("comparisons of photos", rf"copies/{_KEY}\.npz", False),
    Kind("pictures", rf"pictures/{_KEY}\.png", False),
    Kind("pictures of probes", rf"probe/{_KEY}\.png", False),
    MEMBER_LABELS,
    OUTPUTS,
    # What a process leaves that is killed while it writes, or while it removes.
    Kind(
        "unfinished",
        rf"(digests|remote|(\w+/)+{_ANY_KEY}(\.\w+)?)\.\d+\.(partial|removed|xml|bin)|\w+/tmp\w{{8}}",
        None,
        "piece",
    ),
)

#: Folders that hold things of some kind, and things of others.
ROOMS = (
    "features",
    "heads",
    "predictions",
    "packs",
    "networks",
    "networks/compiled",
    "downloads",
    "hashes",
    "appearance",
    "copies",
    "pictures",
    "probe",
    "members",
    "outputs",
)


def kind_of(place: str, is_folder: bool) -> Kind | None:
    """What lies at a path below the cache folder; None for what the program has not written.

    >>> kind_of("heads/00ef33859ac00371c0cbaa04a06e6f88", is_folder=False).name
    'heads'
    >>> kind_of("heads/notes.txt", is_folder=False)
    """
    return next((kind for kind in KINDS if kind.covers(place, is_folder)), None)
