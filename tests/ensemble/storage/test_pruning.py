from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import lmdb
import pytest

from backbones.errors import InputError
from ensemble.config.settings import ConfigError
from ensemble.storage.inventory import take_inventory
from ensemble.storage.pruning import parse_age, remove, remove_empty_folders, unused_since
from tests.ensemble.storage.folder import (
    DAY,
    FILES,
    FIT,
    HEAD,
    LABEL,
    LOOSE,
    OTHER_LABEL,
    RECORD,
    STORE,
    date,
    fill,
    label_fits,
    label_store,
    places,
)


def prune(cache: Path, days: float) -> None:
    remove(unused_since(take_inventory(cache), time.time() - days * DAY))


@pytest.mark.parametrize(("text", "seconds"), [("1h", 3600), ("30d", 30 * DAY), ("2w", 14 * DAY)])
def test_ages(text: str, seconds: int) -> None:
    assert parse_age(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "d", "0d", "-3d", "1.5d", "30m", "3 d", "2W", "1d1h"])
def test_a_wrong_age_is_named_with_what_was_expected(text: str) -> None:
    message = f"hours, days, weeks.* as 12h, 30d or 2w, not {re.escape(repr(text))}"
    with pytest.raises(ConfigError, match=message):
        parse_age(text)


def test_what_was_used_since_stays_and_all_else_goes(tmp_path: Path) -> None:
    fill(tmp_path)
    date(tmp_path, 40)
    date(tmp_path, 20, STORE, HEAD)
    prune(tmp_path, 30)
    assert places(tmp_path) == {name for name in FILES if name.startswith((STORE, HEAD, RECORD))}


def test_nothing_goes_that_is_younger(tmp_path: Path) -> None:
    fill(tmp_path)
    date(tmp_path, 29)
    prune(tmp_path, 30)
    assert places(tmp_path) == set(FILES)


def test_a_use_that_only_a_label_knows_keeps_an_old_store_and_old_fits(tmp_path: Path) -> None:
    fill(tmp_path)
    date(tmp_path, 40)
    label_store(tmp_path)
    label_fits(tmp_path, "tiny.svr", FIT)
    date(tmp_path, 40, STORE)
    date(tmp_path, 1, f"{STORE}/about.json")
    prune(tmp_path, 30)
    kept = {name for name in FILES if name.startswith(STORE)}
    assert places(tmp_path) == {*kept, FIT, LABEL, RECORD, f"{STORE}/about.json"}


def test_a_fit_that_a_member_used_lately_shares_stays(tmp_path: Path) -> None:
    fill(tmp_path)
    label_fits(tmp_path, "old.svr", FIT, HEAD, label=OTHER_LABEL)
    label_fits(tmp_path, "new.svr", FIT)
    date(tmp_path, 40)
    date(tmp_path, 1, LABEL)
    prune(tmp_path, 30)
    assert places(tmp_path) == {FIT, LABEL, RECORD}


def test_of_a_network_both_files_stay_or_none(tmp_path: Path) -> None:
    fill(tmp_path)
    date(tmp_path, 40)
    names = [name for name in FILES if name.startswith(f"networks/{'3' * 32}")]
    date(tmp_path, 1, names[0])
    prune(tmp_path, 30)
    assert places(tmp_path) == {*names, RECORD}


def test_all_goes_but_what_others_have_put_there(tmp_path: Path) -> None:
    fill(tmp_path)
    foreign = {"notes.txt": 1, "heads/notes.txt": 1, "mine/a.bin": 1, "pictures/cat.png": 1}
    fill(tmp_path, foreign)
    label_fits(tmp_path, "tiny.svr", FIT)
    gone = remove(take_inventory(tmp_path).entries)
    remove_empty_folders(tmp_path)
    assert sum(entry.size for entry in gone) > sum(FILES.values())
    assert places(tmp_path) == set(foreign)
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "heads", "mine", "pictures"}
    with pytest.raises(ValueError, match="is not the program's"):
        remove(take_inventory(fill(tmp_path, {FIT: 1, "notes.txt": 1})).others)
    assert "notes.txt" in places(tmp_path)


def test_links_stay_and_what_they_lead_to_stays(tmp_path: Path) -> None:
    cache, away = fill(tmp_path / "cache"), fill(tmp_path / "away")
    links = [cache / "features" / ("9" * 32), cache / HEAD / "link", cache / "packs2"]
    for link in links:
        link.symlink_to(away / STORE)
    (cache / "heads" / ("8" * 32)).symlink_to(away / FIT)
    remove(take_inventory(cache).entries)
    remove_empty_folders(cache)
    assert places(away) == set(FILES)
    assert [link.is_symlink() for link in links] == [True, False, True]
    assert (cache / "heads" / ("8" * 32)).is_symlink()


def test_a_process_that_has_a_store_open_keeps_it_and_the_next_finds_none(tmp_path: Path) -> None:
    (tmp_path / STORE).mkdir(parents=True)
    with lmdb.open(str(tmp_path / STORE)) as store:
        with store.begin(write=True) as transaction:
            transaction.put(b"key", b"value")
        remove(take_inventory(tmp_path).entries)
        assert not (tmp_path / STORE).exists()
        with store.begin() as transaction:
            assert transaction.get(b"key") == b"value"
    assert places(tmp_path) == set()


def test_what_cannot_be_removed_is_named_after_the_rest_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(InputError, match="Permission denied") as caught:
        remove(take_inventory(tmp_path).entries)
    assert len(caught.value.mistakes) == len(
        [STORE, HEAD, "predictions", "packs", "digests", "remote", "hashes", "appearance"]
    )
    assert not {FIT, LOOSE} & places(tmp_path)
    monkeypatch.undo()
    remove(take_inventory(tmp_path).entries)  # what lies aside is known again
    assert places(tmp_path) == set()


def test_what_another_process_was_faster_to_remove_is_no_mistake(tmp_path: Path) -> None:
    fill(tmp_path)
    entries = take_inventory(tmp_path).entries
    (tmp_path / FIT).unlink()
    shutil.rmtree(tmp_path / STORE)
    remove(entries)
    assert places(tmp_path) == set()
