"""The photos to predict: a test table and a sample submission, where the config can name them."""

from __future__ import annotations

from backbones.plural import count
from ensemble.proposal.data.layout import Layout
from ensemble.proposal.findings import Entry, Findings
from ensemble.proposal.folder.search import Named
from ensemble.proposal.folder.tables import Tables


def test_entries(layout: Layout, tables: Tables, target: str) -> Findings:
    """The entries of the tables that say what to predict.

    Their names are those of the submission, so they are never written anew; where the config
    cannot read them beside the training table, a line says how ``ensemble.submit`` can.
    """
    test, sample = tables.test, tables.sample
    if test is None:
        return _of_sample(layout, sample)
    if not layout.suits(test, test.naming):
        folder = layout.album.folder / test.naming.images
        way = f"python -m ensemble.submit --test {test.path} --images {folder}"
        if test.naming.column != layout.name or not test.has_header:
            way = f"rename its column of names to {layout.name!r}, and {way}"
        return Findings((), seen=(f"test table {test.path}: to predict it, {way}",))
    entries = [
        Entry("test", layout.file(test.path), f"{count(len(test.sheet.rows), 'photo')} to predict")
    ]
    seen = f"test: {test.path}, {entries[0].comment}"
    if sample is not None and _fits(layout, sample, test, target):
        entries.append(Entry("sample_submission", layout.file(sample.path)))
        seen += f"; {sample.path} says how a submission looks"
    return Findings(tuple(entries), seen=(seen,))


def _of_sample(layout: Layout, sample: Named | None) -> Findings:
    """A sample alone is the test table: it lists the same photos."""
    if sample is None or not layout.suits(sample, sample.naming):
        return Findings(())
    file, photos = layout.file(sample.path), f"{count(len(sample.sheet.rows), 'photo')} to predict"
    entry = Entry("test", file, f"{photos}; any score on them is against its placeholders")
    return Findings((entry,), seen=(f"test: {sample.path}, {photos}",))


def _fits(layout: Layout, sample: Named, test: Named, target: str) -> bool:
    """Whether the sample lists the photos of the test table, and two columns that can be filled."""
    names = layout.name
    return (
        layout.suits(sample, sample.naming)
        and sorted(sample.sheet.columns) == sorted([names, target])
        and sorted(sample.sheet.rows[names]) == sorted(test.sheet.rows[names])
    )
