"""From a folder of photos to a config that fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from backbones.errors import InputError, first_ten
from backbones.files import atomic_write, temporary_folder
from backbones.home import expand_home
from backbones.photos.folder import list_photos
from backbones.places import check_file
from backbones.progress import Progress, Silent
from ensemble.config.config import FoldsSpec, default_cache
from ensemble.config.data import Data
from ensemble.config.document import parse
from ensemble.config.experiment import resolve_experiment
from ensemble.config.settings import read_config
from ensemble.photos.dataset import Dataset, read_training
from ensemble.photos.foreign import is_ours
from ensemble.photos.objects import locate_objects
from ensemble.proposal.album import Album
from ensemble.proposal.findings import Draft, Entry, Findings, count, plain
from ensemble.proposal.folders import find_values
from ensemble.proposal.labelled import read_labelled
from ensemble.proposal.members import density_entries, pooled_entries
from ensemble.proposal.networks import find_networks
from ensemble.proposal.places import Layout
from ensemble.proposal.scale import scale_of
from ensemble.proposal.sound import Sound, decode_all
from ensemble.proposal.tables import Asked, find_tables
from ensemble.proposal.text import render
from ensemble.storage.outputs import Outputs

#: Photos that a stack that learns needs in folds of one each; see ``Config``.
_FEWEST = 3

#: What messages call the file.
_WHAT = "the config"


@dataclass(frozen=True)
class Proposal:
    """A config that was written, and what is said of it."""

    config: Path
    text: str
    seen: tuple[str, ...]  #: what was found and guessed, line by line
    cautions: tuple[str, ...]  #: what is not to be missed of it
    written: tuple[Path, ...]  #: the config, and tables beside it


def init(
    folder: str | Path = ".",
    *,
    config: str | Path | None = None,
    table: str | Path | None = None,
    names: str | None = None,
    target: str | None = None,
    group: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Proposal:
    """Write a config for a folder of photos, by what lies in and beside it.

    Tables are looked for in the folder, one folder below, and beside it; without any, the folders
    of the photos may be named by their value. The config is validated as ``fit`` does, and the
    photos are decoded once.

    Parameters
    ----------
    folder : path
        The photos, or what holds their folder.
    config : path, optional
        The file to write; by default the folder's name and ``.yaml``, in the working directory.
    table : path, optional
        The table to learn from.
    names, target, group : str, optional
        Its columns: of the photos' names, of the number, and of what is kept in one fold.
    force : bool
        Write over a config, and tables beside it, that are there.
    progress : Progress, optional
        Shows how far it is.

    Raises
    ------
    InputError
        The config is there already; no photos, no table or no number of the photos is found, or
        several fit: they are named, with what was looked for.
    """
    album = Album(list_photos(expand_home(folder), is_ours))
    place = _place(album.folder) if config is None else expand_home(config)
    asked = Asked(None if table is None else expand_home(table), names, target, group)
    layout = Layout(album, place)
    _refuse_existing(place, force)
    found = _find(layout, asked)
    for draft in found.drafts:
        _refuse_existing(draft.path, force)
    with temporary_folder() as scratch:
        trial = _Trial(scratch, found.drafts)
        return _propose(layout, found, trial, force, progress or Silent())


@dataclass(frozen=True)
class _Trial:
    """Tables that are not yet where they will be."""

    scratch: Path
    drafts: tuple[Draft, ...]

    def data(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The data section of a config that reads them all the same."""
        moved = {}
        for draft in self.drafts:
            if draft.key in content:
                moved[draft.key] = str((self.scratch / draft.path.name).resolve())
        return {**content, **moved}


def _place(folder: Path) -> Path:
    name = folder.resolve().name or "photos"
    return Path(f"{name}.yaml")


def _refuse_existing(path: Path, force: bool) -> None:
    check_file(path, _WHAT)
    if path.exists() and not force:
        raise InputError(
            f"{path} is there already; name another place with --config PATH, or say --force to "
            "write over it"
        )


def _find(layout: Layout, asked: Asked) -> Findings:
    """The data section, of tables or of folders' names.

    Raises
    ------
    InputError
        Neither says a number of the photos: what was looked for, and what was there.
    """
    tables = find_tables(layout.album, asked, Outputs(Path(default_cache())))
    found = read_labelled(layout, tables, asked) or find_values(layout)
    if found is not None:
        return found
    listing = layout.album.listing
    folders = sorted({name.rpartition("/")[0] or "." for name in listing.names})
    mistakes = [
        f"photos: {count(len(listing.names), 'photo')} in {count(len(folders), 'folder')} "
        f"({', '.join(folders[:5])}{', ...' if len(folders) > 5 else ''}), as {listing.names[0]}",
        *(tables.unused + tables.others),
    ]
    if len(mistakes) == 1:
        mistakes.append("tables: none")
    raise InputError(
        f"{listing.folder}: nothing says a number for the photos. Looked for: a table (.csv, .tsv, "
        ".txt) in it, one folder below or beside it, with a column of the photos' names and one of "
        "numbers; or folders that are named by the number of their photos, as 12.5/a.jpg. Found:",
        first_ten(mistakes),
    )


def _propose(
    layout: Layout, found: Findings, trial: _Trial, force: bool, progress: Progress
) -> Proposal:
    for draft in trial.drafts:
        _write_table(draft, trial.scratch / draft.path.name)
    if layout.album.listing.warning:
        found = replace(found, cautions=(*found.cautions, layout.album.listing.warning))
    found, photos = _readable(found, trial)
    sound = decode_all([path for path in photos.paths if path.is_file()], progress)
    found, photos = _sound(found, photos, sound)
    found, is_located = _located(found, photos)
    scale = scale_of(photos.target)
    found = _limited(found, scale.minimum)
    networks = find_networks(Path(default_cache()).expanduser())
    maps = [network for network in networks.chosen if network.maps]
    if is_located and maps:
        members = density_entries(networks.chosen, scale, sound.sizes)
    else:
        members = pooled_entries(networks.chosen, scale)
    entries = (Entry("data", found.entries), *members, *_folds(found, photos))
    text = render(layout.config, layout.album.folder, entries)
    _check(text, plain_config(entries), trial, layout.config)
    written = _write(layout.config, text, trial.drafts, force)
    drafted = (f"{one.path} is written, as {one.reason}" for one in trial.drafts)
    chosen = ", ".join(network.name for network in networks.chosen)
    heads = "a head that counts by place" if is_located and maps else scale.reason
    seen = (*found.seen, *drafted, f"backbones: {chosen}; heads: {heads}", *networks.seen)
    return Proposal(layout.config, text, seen, (*found.cautions, *networks.cautions), written)


def plain_config(entries: Sequence[Entry]) -> dict[str, Any]:
    """The content of a config, without the reasons."""
    content = plain(entries)
    content["backbones"] = [plain(one.value) for one in content["backbones"]]
    return content


def _readable(found: Findings, trial: _Trial) -> tuple[Findings, Dataset]:
    """The photos as a fit reads them; places that it would refuse are left out, and said.

    Raises
    ------
    InputError
        It would refuse the table of labels.
    """
    content = trial.data({**plain(found.entries), "on_bad_photo": "skip"})
    places = [key for key in ("boxes", "points") if key in content]
    bare = {key: value for key, value in content.items() if key not in places}
    photos = read_training(Data.model_validate(bare), 0)
    if not places:
        return found, photos
    try:
        return found, read_training(Data.model_validate(content), 0)
    except InputError as error:
        return _without_places(found, error), photos


def _without_places(found: Findings, error: InputError) -> Findings:
    lines = str(error).splitlines()
    why = " ".join(lines[:2]) + (" ..." if len(lines) > 2 else "")
    caution = f"the places of the objects are not used: {why}"
    return replace(
        found,
        entries=found.without(["boxes", "points"]),
        drafts=tuple(one for one in found.drafts if one.key not in ("boxes", "points")),
        cautions=(*found.cautions, caution),
    )


def _sound(found: Findings, photos: Dataset, sound: Sound) -> tuple[Findings, Dataset]:
    """The photos that can be used; where some cannot, the config leaves them out as well.

    Raises
    ------
    InputError
        Fewer than three can.
    """
    kept = [row for row, path in enumerate(photos.paths) if _usable(path, sound)]
    if len(kept) < _FEWEST:
        raise InputError(
            f"{count(len(kept), 'photo')} of {len(photos)} can be used, and {_FEWEST} are needed "
            "at least:",
            first_ten(list(sound.broken.values())),
        )
    lost = len(photos) - len(kept)
    if not lost:
        return found, photos
    reasons = tuple(first_ten(list(sound.broken.values())))
    entry = Entry(
        "on_bad_photo",
        "skip",
        f"{count(lost, 'photo')} cannot be used: left out, and listed in the run's rejected.csv",
    )
    found = replace(
        found,
        entries=(*found.entries, entry),
        cautions=(*found.cautions, *(f"a photo that cannot be used: {one}" for one in reasons)),
    )
    return found, photos.take(np.array(kept, dtype=np.intp))


def _usable(path: Path, sound: Sound) -> bool:
    return path not in sound.broken and path.is_file()


def _located(found: Findings, photos: Dataset) -> tuple[Findings, bool]:
    """Whether a head can learn from the places; where it cannot, they are left out."""
    if photos.objects is None or photos.objects.empty:
        return found, False
    if (photos.target < 0).any():
        return found, False
    try:
        locate_objects(photos)
    except InputError as error:
        return _without_places(found, error), False
    return found, True


def _limited(found: Findings, minimum: float | None) -> Findings:
    if minimum is None:
        return found
    entry = Entry("minimum", int(minimum), "no target is below; no prediction will be")
    return replace(found, entries=(*found.entries, entry))


def _folds(found: Findings, photos: Dataset) -> tuple[Entry, ...]:
    """How photos are split, where it is not the usual way."""
    folds: dict[str, Any] = {}
    units = len(photos)
    if photos.group is not None:
        folds["method"] = "group"
        units = len(np.unique(photos.group))
    usual = FoldsSpec().n
    if units < 2 * usual:
        folds["n"] = min(usual, max(_FEWEST, units // 2))
    return (Entry("folds", folds),) if folds else ()


def _check(text: str, content: dict[str, Any], trial: _Trial, config: Path) -> None:
    """Validate what the text says, as ``fit`` will, before it is written.

    Raises
    ------
    InputError
        A name of a file or column is taken for something else in a config; or the config is wrong.
    """
    read = read_config(parse(text, str(config)))
    if read != content:
        raise InputError(
            f"{config}: the names of folders and columns cannot be written into a config as they "
            "are (${...} stands for a variable there); rename them"
        )
    resolve_experiment({**read, "data": trial.data(read["data"])}, str(config), with_files=True)


def _write(config: Path, text: str, drafts: Sequence[Draft], force: bool) -> tuple[Path, ...]:
    for draft in drafts:
        _refuse_existing(draft.path, force)
        _write_table(draft, draft.path)
    _refuse_existing(config, force)
    with atomic_write(config) as partial:
        partial.write_text(text, encoding="utf-8")
    return (config, *(draft.path for draft in drafts))


def _write_table(draft: Draft, path: Path) -> None:
    with atomic_write(path) as partial:
        draft.rows.to_csv(
            partial,
            index=False,
            sep=draft.form.separator,
            encoding=draft.form.encoding,
            lineterminator="\n",
        )
