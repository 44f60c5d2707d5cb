"""Files of the user, and files of earlier commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.storage.outputs import FOLDER, Outputs
from ensemble.storage.ownership import MANIFEST, RECORDS


def write(outputs: Outputs, path: Path, content: str) -> None:
    outputs.check(path, "--out")
    with outputs.write(path, "--out") as partial:
        partial.write_text(content)


@pytest.fixture
def outputs(tmp_path: Path) -> Outputs:
    return Outputs(tmp_path / "cache")


def test_what_was_written_is_written_over(outputs: Outputs, tmp_path: Path) -> None:
    for content in ("one", "two", "one"):
        write(outputs, tmp_path / "o" / "a.csv", content)
        assert (tmp_path / "o" / "a.csv").read_text() == content


def test_a_file_of_the_user_is_refused_with_both_ways_on(outputs: Outputs, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(
        InputError, match=r"--out: .*a\.csv is there.*another place, or say --force"
    ):
        write(outputs, tmp_path / "a.csv", "ours")
    assert (tmp_path / "a.csv").read_text() == "mine"
    write(Outputs(outputs.cache, force=True), tmp_path / "a.csv", "ours")
    write(outputs, tmp_path / "a.csv", "again")


def test_a_file_that_was_changed_since_is_the_users(outputs: Outputs, tmp_path: Path) -> None:
    write(outputs, tmp_path / "a.csv", "ours")
    (tmp_path / "a.csv").write_text("edited")
    with pytest.raises(InputError, match=r"a\.csv is there"):
        outputs.check(tmp_path / "a.csv", "--out")


def test_a_file_that_was_renamed_is_known_until_it_is_changed(
    outputs: Outputs, tmp_path: Path
) -> None:
    write(outputs, tmp_path / "a.csv", "ours")
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    write(outputs, tmp_path / "b.csv", "again")
    (tmp_path / "b.csv").write_text("edited")
    with pytest.raises(InputError, match=r"b\.csv is there"):
        outputs.check(tmp_path / "b.csv", "--out")


def make_run(folder: Path) -> Path:
    folder.mkdir()
    (folder / MANIFEST).write_text('{"origin": "key", "files": {}}')
    return folder


def test_in_a_run_the_record_goes_where_the_run_goes(outputs: Outputs, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    for name in ("s.csv", "deep/s.csv", "deep/edited.csv"):
        write(outputs, run / name, f"ours: {name}")
    assert not outputs.cache.exists()
    moved = run.rename(tmp_path / "moved")
    elsewhere = Outputs(tmp_path / "another cache")
    (moved / "deep" / "edited.csv").write_text("mine")
    for name in ("s.csv", "deep/s.csv"):
        write(elsewhere, moved / name, "again")
    with pytest.raises(InputError, match=r"edited\.csv is there"):
        elsewhere.check(moved / "deep" / "edited.csv", "--out")


def test_a_file_of_the_user_with_the_name_of_the_record_stays(
    outputs: Outputs, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "run")
    for content in ("{}", "my notes", '{"outputs": {}, "more": 1}'):
        (run / RECORDS).write_text(content)
        for _ in range(2):
            write(outputs, run / "s.csv", "ours")
        assert (run / RECORDS).read_text() == content


def test_a_record_that_cannot_be_written_is_told_of(
    outputs: Outputs, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outputs.cache.write_text("a file")
    write(outputs, tmp_path / "a.csv", "ours")
    (line,) = caplog.messages
    assert "a.csv is written, but no record of it" in line
    assert (tmp_path / "a.csv").read_text() == "ours"


def test_a_file_that_comes_meanwhile_is_left_alone(outputs: Outputs, tmp_path: Path) -> None:
    def slowly() -> None:
        with outputs.write(tmp_path / "a.csv", "--out") as partial:
            partial.write_text("ours")
            (tmp_path / "a.csv").write_text("mine")

    with pytest.raises(InputError, match="is there"):
        slowly()
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_kill_between_the_record_and_the_file_is_no_trouble(
    outputs: Outputs, tmp_path: Path
) -> None:
    write(outputs, tmp_path / "a.csv", "one")
    outputs.remember(tmp_path / "a.csv", "f" * 64)  # and the file was not moved to its place
    write(outputs, tmp_path / "a.csv", "two")


def test_through_a_link_its_target_is_written(outputs: Outputs, tmp_path: Path) -> None:
    write(outputs, tmp_path / "a.csv", "one")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    write(outputs, tmp_path / "link.csv", "two")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "a.csv").read_text() == "two"


def test_only_what_was_written_is_removed(outputs: Outputs, tmp_path: Path) -> None:
    write(outputs, tmp_path / "a.csv", "ours")
    (tmp_path / "b.csv").write_text("mine")
    for name in ("a.csv", "b.csv", "none.csv"):
        outputs.remove(tmp_path / name)
    assert not (tmp_path / "a.csv").exists()
    assert (tmp_path / "b.csv").read_text() == "mine"


def test_without_its_records_nothing_is_known(outputs: Outputs, tmp_path: Path) -> None:
    write(outputs, tmp_path / "a.csv", "ours")
    (record,) = (outputs.cache / FOLDER).iterdir()
    record.write_text("damaged")
    assert not outputs.wrote(tmp_path / "a.csv")
    record.unlink()
    assert not outputs.wrote(tmp_path / "a.csv")
