"""From a folder of photos to a config that fits it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from backbones.errors import InputError, first_ten
from backbones.files import temporary_folder
from backbones.home import expand_home
from backbones.photos.folder import list_photos
from backbones.plural import count
from backbones.progress import Progress, Silent
from ensemble.config.config import default_cache
from ensemble.config.document import ConfigError, parse
from ensemble.config.experiment import resolve_experiment
from ensemble.config.folds import FoldsSpec
from ensemble.config.settings import read_config
from ensemble.photos.dataset import Dataset
from ensemble.photos.foreign import is_ours
from ensemble.proposal.data.labelled import read_labelled
from ensemble.proposal.data.layout import Layout
from ensemble.proposal.data.named_folders import find_values
from ensemble.proposal.data.trial import FEWEST, Trial, located, readable, without_broken
from ensemble.proposal.findings import Entry, Findings
from ensemble.proposal.folder.album import Album
from ensemble.proposal.folder.search import Asked, search_beside, search_inside
from ensemble.proposal.folder.sound import decode_all
from ensemble.proposal.folder.tables import sort_tables
from ensemble.proposal.members.entries import describe_members, member_entries, members_content
from ensemble.proposal.members.networks import find_networks
from ensemble.proposal.members.saved import network_files
from ensemble.proposal.members.scale import scale_of
from ensemble.proposal.output.text import render
from ensemble.proposal.output.writing import refuse_existing, write_all, write_rows
from ensemble.scoring.worth import refuse_constant
from ensemble.storage.outputs import Outputs


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
    networks: str | Path | None = None,
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
    networks : path, optional
        A saved network, ``.keras``, or a folder of them; by default the largest of KERAS_HOME.
    force : bool
        Write over a config, and tables beside it, that are there.
    progress : Progress, optional
        Shows how far it is.

    Raises
    ------
    InputError
        The config is there already; no network lies where `networks` says; no photos, no table or
        no number of the photos is found, or several fit: they are named, with what was looked for.
    """
    album = Album(list_photos(expand_home(folder), is_ours))
    place = _place(album.folder) if config is None else expand_home(config)
    asked = Asked(None if table is None else expand_home(table), names, target, group)
    layout = Layout(album, place)
    refuse_existing(place, force)
    saved = None if networks is None else expand_home(networks)
    network_files(saved)  # for its errors, before photos are looked at
    outputs = Outputs(Path(default_cache()).expanduser(), force)
    found = _find(layout, asked, outputs)
    for draft in found.drafts:
        refuse_existing(draft.path, force)
    with temporary_folder() as scratch:
        trial = Trial(scratch, found.drafts)
        return _propose(layout, found, trial, saved, outputs, progress or Silent())


def _place(folder: Path) -> Path:
    name = folder.resolve().name or "photos"
    return Path(f"{name}.yaml")


def _find(layout: Layout, asked: Asked, ours: Outputs) -> Findings:
    """The data section, of tables or of folders' names.

    Raises
    ------
    InputError
        Neither says a number of the photos: what was looked for, and what was there.
    """
    search = search_inside(layout.album, asked, ours)
    tables = sort_tables(search.named, asked)
    found = read_labelled(layout, tables, asked) if tables.labels else None
    if found is None and not tables.places:
        found = find_values(layout)
    if found is None and not search.broken:
        search += search_beside(layout.album, asked, ours)
        tables = sort_tables(search.named, asked)
        found = read_labelled(layout, tables, asked)
    if found is not None:
        return found
    listing = layout.album.listing
    folders = sorted({name.rpartition("/")[0] or "." for name in listing.names})
    mistakes = [
        f"photos: {count(len(listing.names), 'photo')} in {count(len(folders), 'folder')} "
        f"({', '.join(folders[:5])}{', ...' if len(folders) > 5 else ''}), as {listing.names[0]}",
        *search.broken,
        *tables.unused,
        *search.others,
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
    layout: Layout,
    found: Findings,
    trial: Trial,
    saved: Path | None,
    outputs: Outputs,
    progress: Progress,
) -> Proposal:
    for draft in trial.drafts:
        write_rows(draft, trial.scratch / draft.path.name)
    if layout.album.listing.warning:
        found = replace(found, cautions=(*found.cautions, layout.album.listing.warning))
    found, photos = readable(found, trial)
    sound = decode_all([path for path in photos.local if path.is_file()], progress)
    found, photos = without_broken(found, photos, sound)
    found, is_located = located(found, photos)
    refuse_constant(photos.target, photos.weight)
    scale = scale_of(photos.target)
    found = _limited(found, scale.minimum)
    networks = find_networks(outputs.cache, saved)
    members = member_entries(networks.chosen, scale, sound.sizes if is_located else ())
    entries = (Entry("data", found.entries), *members, *_folds(photos))
    text = render(layout.config, layout.album.folder, entries)
    _check(text, members_content(entries), trial, layout.config)
    written = write_all(layout.config, text, found.drafts, outputs)
    drafted = (f"{one.path} is written: {one.reason}" for one in found.drafts)
    seen = (*found.seen, *drafted, describe_members(members, scale), *networks.seen)
    return Proposal(layout.config, text, seen, (*found.cautions, *networks.cautions), written)


def _limited(found: Findings, minimum: float | None) -> Findings:
    if minimum is None:
        return found
    entry = Entry("minimum", int(minimum), "no target is below; no prediction will be")
    return replace(found, entries=(*found.entries, entry))


def _folds(photos: Dataset) -> tuple[Entry, ...]:
    """How photos are split, where it is not the usual way."""
    folds: dict[str, Any] = {}
    units = len(photos)
    if photos.group is not None:
        folds["method"] = "group"
        units = len(np.unique(photos.group))
    usual = FoldsSpec().n
    if units < 2 * usual:
        folds["n"] = min(usual, max(FEWEST, units // 2))
    return (Entry("folds", folds),) if folds else ()


def _check(text: str, content: dict[str, Any], trial: Trial, config: Path) -> None:
    """Validate what the text says, as ``fit`` will, before it is written.

    Raises
    ------
    InputError
        A name of a file or column is taken for something else in a config; or the config is wrong.
    """
    try:
        is_same = read_config(parse(text, str(config))) == content
    except ConfigError:
        is_same = False
    if not is_same:
        raise InputError(
            f"{config}: the names of folders and columns cannot be written into a config as they "
            "are (${...} stands for a variable there); rename them"
        )
    moved = {**content, "data": trial.data(content["data"])}
    resolve_experiment(moved, str(config), with_files=True)
