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


def test_an_entry_that_waits_for_an_answer_is_commented_out() -> None:
    keys = (Entry("name", "open"), Entry("preprocessing", "?"), Entry("heads", ["ridge"]))
    named = (Entry("name", "n"), Entry("heads", ["ridge"]))
    entries = (Entry("backbones", [Entry("", named), Entry("", keys, question="Say how")]),)
    text = render(Path("c.yaml"), Path("d"), entries)
    assert text.splitlines()[3:] == [
        "backbones:",
        "  - name: n",
        "    heads: [ridge]",
        "  # Say how",
        "  # - name: open",
        "  #   preprocessing: '?'",
        "  #   heads: [ridge]",
    ]
    answered = text.replace("  # Say how\n", "").replace("  # ", "  ").replace("'?'", "tf")
    assert YAML(typ="safe").load(answered) == {
        "backbones": [
            {"name": "n", "heads": ["ridge"]},
            {"name": "open", "preprocessing": "tf", "heads": ["ridge"]},
        ]
    }
