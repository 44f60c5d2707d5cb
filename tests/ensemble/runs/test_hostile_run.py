"""Runs and packs that somebody made to do harm, or whose files hold something else."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.config.settings import ConfigError
from ensemble.run import Run, open_run
from ensemble.runs.folder import RunFolder, RunWriter, open_run_folder
from ensemble.runs.manifest import MANIFEST
from ensemble.runs.opening import read_intervals, read_run_config
from ensemble.runs.pack import open_pack
from ensemble.runs.unpacking import CONTENTS
from ensemble.runs.writable import check_writable
from tests.ensemble.runs.small import change, newer_run

DATA = Path(__file__).parents[2] / "data" / "run_format_1"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "run", tmp_path / "run"))


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As ``run``, of format 2: Keras is not asked for its network."""
    monkeypatch.chdir(tmp_path)
    return newer_run(tmp_path)


def link(run: Path, file: str, target: Path) -> None:
    (run / file).unlink()
    (run / file).symlink_to(target)


def test_a_link_that_leads_out_is_refused_and_what_is_there_stays(
    run: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    shutil.move(run / "oof.csv", secret)
    (run / "oof.csv").symlink_to(secret)
    for look in (
        open_run_folder,
        lambda folder: check_writable(folder, tmp_path),
        lambda folder: RunWriter(folder, "key"),
    ):
        with pytest.raises(
            InputError, match=r"outside of the run; run the fit again:\n  - oof\.csv"
        ):
            look(run)
    assert secret.is_file()


def test_a_linked_folder_that_leads_out_is_refused(run: Path, tmp_path: Path) -> None:
    shutil.move(run / "members", tmp_path / "documents")
    (run / "members").symlink_to(tmp_path / "documents")
    with pytest.raises(
        InputError, match=r"the run; run the fit again:\n  - members/small\.ridge/head"
    ):
        RunWriter(run, "key")
    assert (tmp_path / "documents" / "small.ridge" / "head.skops").is_file()


def test_links_within_a_run_and_to_it_are_followed(run: Path, tmp_path: Path) -> None:
    shutil.move(run / "oof.csv", run / "kept")
    (run / "oof.csv").symlink_to("kept")
    (tmp_path / "link").symlink_to(run)
    assert open_run_folder(tmp_path / "link").format == 1


@pytest.mark.parametrize("target", ["/dev/zero", "oof.csv"])
def test_a_link_to_a_device_or_to_itself_is_refused(run: Path, target: str) -> None:
    link(run, "oof.csv", Path(target))
    with pytest.raises(InputError, match=r"oof\.csv"):
        open_run_folder(run)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"files": ' * 50_000, " " * (1 << 25)])
def test_a_manifest_without_end_is_refused(run: Path, text: str) -> None:
    (run / MANIFEST).write_text(text)
    with pytest.raises(InputError, match="is not a manifest"):
        open_run_folder(run)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "a/" * 3000 + "b", "", "."])
def test_names_that_no_file_can_have_are_named(run: Path, name: str) -> None:
    content = json.loads((run / MANIFEST).read_text())
    content["files"][name] = {"bytes": 0, "sha256": ""}
    (run / MANIFEST).write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"manifest|is not as the fit left it|outside"):
        open_run_folder(run)


ANYTHING = (b"", b"[]", b"null", b'"text"', b"7", b"{}", b'{"a": [1]}', b"[" * 50_000, b"\xff")


def test_the_run_of_format_2_opens(newer: Path) -> None:
    assert [one.name for one in open_run(newer).experiment.members] == ["small.ridge", "small.svr"]


@pytest.mark.parametrize("content", ANYTHING, ids=lambda content: repr(content[:9]))
@pytest.mark.parametrize("file", ["config.yaml", "backbones.json", "versions.json"])
def test_a_file_of_a_run_that_holds_something_else_is_named(
    newer: Path, file: str, content: bytes
) -> None:
    change(newer, file, content)
    with pytest.raises(InputError, match=file.replace(".", r"\.")):
        open_run(newer)


@pytest.mark.parametrize("content", ANYTHING, ids=lambda content: repr(content[:9]))
@pytest.mark.parametrize("file", ["intervals.json", "leaderboard.csv", "metrics.json", "oof.csv"])
def test_a_table_of_a_run_that_holds_something_else_is_named(
    run: Path, file: str, content: bytes
) -> None:
    change(run, file, content)
    files = open_run_folder(run)
    opened = Run(files, None)  # type: ignore[arg-type]
    looks = {
        "intervals.json": lambda: read_intervals(files),
        "leaderboard.csv": lambda: opened.leaderboard,
        "metrics.json": lambda: opened.metrics,
        "oof.csv": lambda: opened.oof,
    }
    try:
        looks[file]()
    except InputError as error:
        assert file in str(error)  # noqa: PT017
    else:
        assert file not in ("intervals.json",)


@pytest.mark.parametrize(
    "changes",
    [
        {"level": []},
        {"level": [1.0, 2.0], "size": [1.0]},
        {"size": "text"},
        {"below": {}},
        {"coverage": None},
        {"level": [[1.0]], "size": [[1.0]]},
    ],
)
def test_intervals_of_another_form_are_named(run: Path, changes: dict[str, object]) -> None:
    content = json.loads((run / "intervals.json").read_text())
    change(run, "intervals.json", json.dumps({**content, **changes}).encode())
    with pytest.raises(InputError, match=r"intervals\.json is not as a fit writes it"):
        read_intervals(open_run_folder(run))


def test_a_config_of_a_run_is_held_to_the_same_bounds(run: Path) -> None:
    for text in ("a: !!python/name:os.system", "a: &a [*a]", "a: " + "x" * (1 << 18)):
        change(run, "config.yaml", text.encode())
        with pytest.raises(ConfigError, match=r"config\.yaml is "):
            read_run_config(open_run_folder(run))
    for text in ("backbones: 3", "backbones: [1]", "backbones: {a: b}", "seed: 1"):
        change(run, "config.yaml", text.encode())
        with pytest.raises(InputError, match=r"config\.yaml is not"):
            read_run_config(open_run_folder(run))


def test_a_file_of_nothing_but_holes_takes_no_memory(run: Path) -> None:
    os.truncate(run / "oof.csv", 1 << 40)
    with pytest.raises(InputError, match=r"oof\.csv: has 1099511627776 bytes, not"):
        open_run_folder(run)
    os.truncate(run / "metrics.json", 1 << 40)
    with pytest.raises(InputError, match=r"metrics\.json is not as .*1,099,511,627,776 bytes"):
        RunFolder(run, {}).json("metrics.json")


def test_a_place_that_no_run_can_have_is_named() -> None:
    with pytest.raises(InputError, match="holds no complete run"):
        open_run("x" * 5000)


def test_a_file_that_the_manifest_leaves_out_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"intervals\.json is missing"):
        read_intervals(RunFolder(tmp_path, {}))


def pack(folder: Path, name: str, content: bytes, mode: int = 0o644) -> Path:
    """A pack with one more member, as its list says."""
    import hashlib

    entry = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    listed = {"format": 1, "run": "", "keras": None, "weights": {}, "files": {name: entry}}
    with zipfile.ZipFile(folder / "a.pack", "w") as archive:
        archive.writestr(CONTENTS, json.dumps(listed))
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        archive.writestr(member, content)
    return folder / "a.pack"


def test_a_link_in_a_pack_becomes_a_file(tmp_path: Path) -> None:
    made = pack(tmp_path, "run/link", b"/etc/passwd", stat.S_IFLNK | 0o777)
    unpacked = open_pack(made, tmp_path / "cache").run / "link"
    assert not unpacked.is_symlink()
    assert unpacked.read_bytes() == b"/etc/passwd"


@pytest.mark.parametrize("name", ["run/" + "x" * 300, "run/a/" * 900 + "b"])
def test_names_of_a_pack_that_no_file_can_have_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"a\.pack is n"):
        open_pack(pack(tmp_path, name, b""), tmp_path / "cache")


@pytest.mark.parametrize("text", ["[" * 100_000, "3", "null", '{"format": 1, "files": {"a": 1}}'])
def test_a_list_of_a_pack_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.pack", "w") as archive:
        archive.writestr(CONTENTS, text)
    with pytest.raises(InputError, match=r"a\.pack is no pack: it has no sound pack\.json"):
        open_pack(tmp_path / "a.pack", tmp_path / "cache")
