"""An inventory in few lines: one a backbone, one a member, one a kind of all else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from backbones.features.label import StoreLabel
from backbones.plural import count
from ensemble.storage.inventory import Entry, Inventory
from ensemble.storage.kind import FEATURES, HEADS, KINDS
from ensemble.storage.label import MemberLabel

#: Of the columns of a row.
HEADER = ("kept", "of", "what", "size", "last used")

Row = tuple[str, ...]


def summarize(inventory: Inventory) -> list[Row]:
    """The rows of a table under ``HEADER``: the largest of a kind first, the sum last."""
    table = rows(inventory.entries)
    if inventory.others:
        table.append(_row("other files", "", _names(inventory), inventory.others))
    return [*table, ("total", "", "", format_size(inventory.size), "")]


def rows(entries: Iterable[Entry]) -> list[Row]:
    """One row a backbone, one a member, one a kind of all else."""
    return [_row(*group, some) for group, some in _grouped(entries)]


def listing(entries: Iterable[Entry]) -> list[dict[str, str | int]]:
    """The rows for another program: sizes in bytes, dates and times as ISO 8601 has them."""
    return [
        {
            "kept": kind,
            "of": name,
            "what": what,
            "entries": len(some),
            "bytes": _size(some),
            "last_used": _used(some).astimezone().isoformat(timespec="seconds"),
        }
        for (kind, name, what), some in _grouped(entries)
    ]


def format_size(size: int) -> str:
    """Bytes as people read them.

    >>> [format_size(size) for size in (0, 999, 1000, 32_896, 999_999, 1_597_804_544)]
    ['0 B', '999 B', '1.0 kB', '32.9 kB', '1.0 MB', '1.6 GB']
    """
    amount, units = float(size), iter(("kB", "MB", "GB", "TB", "PB"))
    unit = "B"
    while amount >= (1000 if unit == "B" else 999.95):
        amount, unit = amount / 1000, next(units)
    return f"{size} B" if unit == "B" else f"{amount:.1f} {unit}"


def _grouped(entries: Iterable[Entry]) -> list[tuple[tuple[str, str, str], list[Entry]]]:
    groups: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_group(entry), []).append(entry)
    return sorted(groups.items(), key=lambda group: (_rank(group[1]), group[0]))


def _size(entries: Sequence[Entry]) -> int:
    return sum(entry.size for entry in entries)


def _used(entries: Sequence[Entry]) -> datetime:
    return datetime.fromtimestamp(max(entry.used for entry in entries))


def _group(entry: Entry) -> tuple[str, str, str]:
    """What an entry shares a row with: its kind, its backbone or member, and what that is."""
    assert entry.kind is not None
    label = entry.label
    if isinstance(label, StoreLabel):
        return entry.kind.name, label.name, _store(label)
    if isinstance(label, MemberLabel):
        scale = "" if label.target == "none" else f", target {label.target}"
        return entry.kind.name, label.name, f"{label.head}{scale}"
    unlabelled = {FEATURES: f"{entry.paths[0].name}, unlabelled", HEADS: "unlabelled"}
    return entry.kind.name, unlabelled.get(entry.kind, ""), ""


def _store(label: StoreLabel) -> str:
    height, width = label.size
    weights = "" if label.weights is None else f" ({label.weights})"
    seen = "a photo"
    if label.tile is not None:
        seen = "a tile of {} x {}".format(*label.tile)
    layers = count(len(label.layers), "layer") if len(label.layers) > 1 else "one layer"
    precision = "" if label.precision == "float32" else f"{label.precision}, "
    return (
        f"{label.network}{weights}, {height} x {width}, {layers}, pooling {label.pooling}, "
        f"{precision}{count(label.length, 'feature')} {seen}"
    )


def _rank(entries: Sequence[Entry]) -> tuple[int, int]:
    kinds = [kind.name for kind in KINDS]
    assert entries[0].kind is not None
    return kinds.index(entries[0].kind.name), -_size(entries)


def _row(kind: str, name: str, what: str, entries: Sequence[Entry]) -> Row:
    size, used, count = format_size(_size(entries)), f"{_used(entries):%Y-%m-%d}", _count(entries)
    return kind, name, ", ".join(filter(None, (what, count))), size, used


def _count(entries: Sequence[Entry]) -> str:
    """How many there are, where that is not clear from the row."""
    kind = entries[0].kind
    if kind is None or (kind is FEATURES and len(entries) == 1):
        return ""
    return f"{len(entries)} {kind.one}{'s' if len(entries) > 1 else ''}"


def _names(inventory: Inventory) -> str:
    """The first names of what is not the program's."""
    names = [one.paths[0].relative_to(inventory.cache).as_posix() for one in inventory.others]
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"not of this program, never removed: {', '.join(names[:2])}{more}"
