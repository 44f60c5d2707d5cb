"""Files of the user, and files of earlier commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from backbones.errors import InputError
from ensemble.storage.outputs import FOLDER, Outputs


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


def test_a_file_that_was_changed_since_or_moved_is_the_users(
    outputs: Outputs, tmp_path: Path
) -> None:
    write(outputs, tmp_path / "a.csv", "ours")
    (tmp_path / "b.csv").write_text("ours")
    with pytest.raises(InputError, match=r"b\.csv is there"):
        outputs.check(tmp_path / "b.csv", "--out")
    (tmp_path / "a.csv").write_text("edited")
    with pytest.raises(InputError, match=r"a\.csv is there"):
        outputs.check(tmp_path / "a.csv", "--out")


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
    outputs._remember(tmp_path / "a.csv", "f" * 64)  # and the file was not moved to its place
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
