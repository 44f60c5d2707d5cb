from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from ensemble.proposal.findings import Entry
from ensemble.proposal.output.text import first_lines, render


def test_a_config_begins_with_its_command_and_says_its_reasons() -> None:
    entries = (
        Entry("data", (Entry("folder", "a: b", "two\nlines"), Entry("separator", "\t"))),
        Entry("backbones", [Entry("", (Entry("name", "n"), Entry("heads", ["ridge"])), "why")]),
        Entry("folds", {"n": 3}, "long " * 30),
    )
    text = render(Path("c.yaml"), Path("d"), entries)
    assert text.splitlines()[:3] == first_lines(Path("c.yaml"), Path("d"))
    assert "# two\\nlines\n" in text
    assert YAML(typ="safe").load(text) == {
        "data": {"folder": "a: b", "separator": "\t"},
        "backbones": [{"name": "n", "heads": ["ridge"]}],
        "folds": {"n": 3},
    }
