"""The files of a proposal: written whole, and over nothing that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backbones.errors import InputError
from backbones.files import atomic_write
from backbones.places import check_file
from ensemble.proposal.findings import Draft
from ensemble.storage.outputs import Outputs

#: What messages call a file.
_CONFIG, _TABLE = "the config", "the table beside the config"


def refuse_existing(path: Path, force: bool) -> None:
    """Refuse a place that is taken, or cannot be written.

    Raises
    ------
    InputError
        A file is there, without `force`; or none can be written there.
    """
    check_file(path, _CONFIG)
    if path.exists() and not force:
        raise InputError(
            f"{path} is there already; name another config with --config PATH, or say --force to "
            "write over it"
        )


def write_all(
    config: Path, text: str, drafts: Sequence[Draft], outputs: Outputs
) -> tuple[Path, ...]:
    """Write the tables, then the config that names them.

    The tables are recorded as the program's own, so that none is taken for one of other photos.

    Raises
    ------
    InputError
        A file has come to lie at a place meanwhile.
    """
    for draft in drafts:
        with outputs.write(draft.path, _TABLE) as partial:
            write_rows(draft, partial)
    refuse_existing(config, outputs.force)
    with atomic_write(config) as partial:
        partial.write_text(text, encoding="utf-8")
    return (config, *(draft.path for draft in drafts))


def write_rows(draft: Draft, path: Path) -> None:
    """Write a table in the format of the config's others."""
    draft.rows.to_csv(
        path,
        index=False,
        sep=draft.form.separator,
        encoding=draft.form.encoding,
        lineterminator="\n",
    )
