"""The data section of a config, from the tables of the photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from backbones.plural import count
from ensemble.config.columns import Columns
from ensemble.config.table_format import COMMAS
from ensemble.photos.table import read_table
from ensemble.proposal.data.heldout import test_entries
from ensemble.proposal.data.layout import Layout
from ensemble.proposal.findings import Draft, Entry, Findings
from ensemble.proposal.folder.columns import choose_group, choose_target, describe
from ensemble.proposal.folder.search import Asked, Named
from ensemble.proposal.folder.sheet import Numbers
from ensemble.proposal.folder.tables import Tables

_COLUMNS = Columns()


def read_labelled(layout: Layout, tables: Tables, asked: Asked) -> Findings | None:
    """What the tables say of the photos; None where none of them says a number.

    Raises
    ------
    InputError
        The target is not clear, or a column that was asked for is not there.
    """
    if tables.labels is not None:
        return _of_labels(layout, tables, tables.labels, asked)
    if tables.places:
        return _of_places(layout, tables, tables.places[0])
    return None


def _of_labels(layout: Layout, tables: Tables, labels: Named, asked: Asked) -> Findings:
    sheet, names = labels.sheet, labels.naming.column
    if asked.names not in (None, names):
        read_table(sheet.path, [str(asked.names)], sheet.form())  # says which columns there are
    target, why = choose_target(sheet, names, _hints(tables, labels), asked.target)
    group = choose_group(sheet, names, target, asked.group)
    read = sheet.numbers(target)
    form = sheet.form((read and read.decimal) or _decimal(tables) or COMMAS.decimal)
    layout = replace(layout, images=labels.naming.images, name=names, form=form)
    drafts, cautions = [], [*_missing(labels), *_doubtful(labels, target, read)]
    empty = (sheet.rows[target].str.strip() == "").to_numpy()
    rows = layout.renamed(labels, labels.naming.photos)
    if not layout.suits(labels, labels.naming):
        reason = "names that leave out folders, or zeros" if labels.has_header else "no header row"
        drafts.append(layout.draft("train", rows, f"{labels.path.name} has {reason}"))
    if empty.any() and not empty.all():
        reason = f"{labels.path.name} has {count(int(empty.sum()), 'row')} without {target!r}"
        drafts = [layout.draft("train", rows[~empty], reason)]
        cautions.append(f"{reason}: left out")
    told = f"{names!r} names {count(len(labels.naming.photos), 'photo')}"
    seen = [f"{labels.path}: {told}; the target is {target!r} ({why})"]
    if read is not None:
        seen[0] += f", {describe(read)}"
    columns: dict[str, Any] = {"name": names, "target": target}
    if group is not None:
        columns["group"] = group.column
        groups = count(sheet.rows[group.column].nunique(), "group")
        seen.append(f"{groups} by {group.column!r} ({group.reason}): each is kept in one fold")
    listed = {path: name for name, path in labels.naming.photos.items()}
    entries, more = _objects(layout, tables.places, set(listed), columns)
    tested = test_entries(layout, tables, target)
    return Findings(
        (
            *_photos(layout),
            Entry("train", _file(layout, labels, drafts), told),
            *tested.entries,
            *entries,
            Entry("columns", columns),
            *_form(layout),
        ),
        (*drafts, *more),
        (*seen, *_said(entries), *tested.seen, *(f"not used: {one}" for one in tables.unused)),
        tuple(cautions),
    )


def _of_places(layout: Layout, tables: Tables, places: Named) -> Findings:
    """Counts of a table that says where objects are, of each photo that it names."""
    sheet, names = places.sheet, places.naming.column
    corners = places.corners
    assert corners is not None
    read = [one for column in corners.columns if (one := sheet.numbers(column))]
    decimal = next((one.decimal for one in read if one.decimal), COMMAS.decimal)
    layout = replace(layout, images=places.naming.images, name=names, form=sheet.form(decimal))
    photos = places.naming.photos
    counted = sheet.rows[names].map(photos).dropna().value_counts()
    target = "count" if names != "count" else "objects"
    rows = pd.DataFrame(
        {
            names: [layout.album.relative(path, layout.images) for path in counted.index],
            target: [str(number) for number in counted],
        },
        dtype=object,
    ).sort_values(names)
    draft = layout.draft("train", rows, f"no table has a number a photo; {places.path} was counted")
    columns: dict[str, Any] = {"name": names, "target": target}
    entries, more = _objects(layout, [places], set(photos.values()), columns)
    without = len(layout.album) - len(photos)
    cautions = [
        f"not learned from: {count(without, 'photo')} without a row in {places.path}; what is "
        f"known to show none belongs into {draft.path}, with a count of 0"
    ]
    return Findings(
        (
            *_photos(layout),
            Entry("train", layout.file(draft.path), f"counted in {places.path.name}"),
            *entries,
            Entry("columns", columns),
            *_form(layout),
        ),
        (draft, *more),
        (f"the target: how many {corners.kind} {places.path} has of a photo", *_said(entries)),
        tuple(cautions if without else ()),
    )


def _photos(layout: Layout) -> tuple[Entry, ...]:
    folder = str(layout.album.folder)
    return (
        Entry("folder", folder, count(len(layout.album), "photo")),
        Entry("images", layout.images),
    )


def _form(layout: Layout) -> tuple[Entry, ...]:
    """How the tables are written, where it is not the usual way."""
    usual = COMMAS._asdict()
    return tuple(
        Entry(key, value, "of the tables")
        for key, value in layout.form._asdict().items()
        if value != usual[key]
    )


def _objects(
    layout: Layout, places: Sequence[Named], listed: set[Any], columns: dict[str, Any]
) -> tuple[tuple[Entry, ...], tuple[Draft, ...]]:
    """The tables of boxes and of points, the first of each; their columns join `columns`."""
    entries, drafts = [], []
    for kind, key, usual in (("boxes", "box", _COLUMNS.box), ("points", "point", _COLUMNS.point)):
        table = next((one for one in places if one.corners and one.corners.kind == kind), None)
        if table is None or table.corners is None:
            continue
        photos = {name: path for name, path in table.naming.photos.items() if path in listed}
        if not photos:
            continue
        if table.corners.columns != usual:
            columns[key] = list(table.corners.columns)
        rows = table.sheet.rows[table.naming.column].isin(list(photos))
        comment = f"{count(int(rows.sum()), 'row')} of {count(len(photos), 'photo')}"
        if layout.suits(table, table.naming) and rows.all():
            entries.append(Entry(kind, layout.file(table.path), comment))
            continue
        kept = replace(table, sheet=replace(table.sheet, rows=table.sheet.rows[rows]))
        reason = f"{table.path.name} is of other names, of other photos too, or written otherwise"
        drafts.append(layout.draft(kind, layout.renamed(kept, photos), reason))
        entries.append(Entry(kind, layout.file(drafts[-1].path), comment))
    return tuple(entries), tuple(drafts)


def _said(entries: Sequence[Entry]) -> list[str]:
    return [f"{entry.key}: {entry.value}, {entry.comment}" for entry in entries]


def _file(layout: Layout, labels: Named, drafts: Sequence[Draft]) -> str:
    return layout.file(drafts[0].path if drafts else labels.path)


def _hints(tables: Tables, labels: Named) -> list[set[str]]:
    """What the other tables say is the target: a sample has it, and a test table has all but it."""
    hints = []
    if tables.sample is not None:
        hints.append({one for one in tables.sample.sheet.columns if one != labels.naming.column})
    if tables.test is not None:
        hints.append(set(labels.sheet.columns) - set(tables.test.sheet.columns))
    return hints


def _decimal(tables: Tables) -> Any:
    """The decimal sign of the places."""
    for table in tables.places:
        for column in table.corners.columns if table.corners else ():
            read = table.sheet.numbers(column)
            if read is not None and read.decimal is not None:
                return read.decimal
    return None


def _doubtful(labels: Named, target: str, read: Numbers | None) -> list[str]:
    """Whether the decimal signs may as well stand for thousands: with three digits behind each."""
    texts = labels.sheet.rows[target].str.strip()
    signed = texts[texts.str.contains("[.,]")]
    grouped = signed.str.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
    if read is None or signed.empty or not grouped.all():
        return []
    if read.decimal == COMMAS.decimal and labels.sheet.separator == COMMAS.separator:
        return []  # as programs write thousandths
    return [
        f"{labels.path}: {target!r} has {signed.iloc[0]!r}, read with {read.decimal!r} as the "
        "decimal sign; if it stands for thousands, delete it in the table"
    ]


def _missing(labels: Named) -> list[str]:
    gone = labels.naming.missing
    if not gone:
        return []
    return [
        f"{labels.path} names photos that are not there, or lie in several folders: {len(gone)}, "
        f"as {gone[0]!r}"
    ]
