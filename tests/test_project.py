"""What is said of the project in several files is the same in all of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_citation_is_of_this_version() -> None:
    citation = YAML(typ="safe").load(ROOT / "CITATION.cff")
    assert citation["title"] == PROJECT["name"]
    for key in ("version", "license", "authors", "keywords"):
        assert citation[key] == PROJECT[key], key
    assert citation["abstract"] == PROJECT["description"]


def test_the_changelog_has_what_is_to_come_and_this_version_below() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## (.*)$", text, re.M)
    assert versions[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(PROJECT['version'])}\] - \d{{4}}-\d\d-\d\d", versions[1])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.*)$", text, re.M)) <= kinds


def test_what_tells_to_install_an_extra_names_one_of_this_distribution() -> None:
    sources = [ROOT / "README.md"]
    sources += [path for room in ("backbones", "ensemble") for path in (ROOT / room).rglob("*.py")]
    told = [
        (path.name, name, extra)
        for path in sources
        for name, extras in re.findall(
            r"pip install [^'\n]*'([^'\[]+)\[([^\]]+)\]'", path.read_text()
        )
        for extra in extras.split(",")
    ]
    assert ("openvino.py", PROJECT["name"], "openvino") in told
    for path, name, extra in told:
        assert name in (PROJECT["name"], "."), path
        assert extra in PROJECT["optional-dependencies"], path
