"""URLs of photos in a config."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backbones.remote import filesystem
from backbones.remote.folder import RemoteFolder
from backbones.remote.url import Url
from ensemble.config.data import Data
from ensemble.config.experiment import open_experiment
from ensemble.config.settings import ConfigError


def config(where: Path, **data: Any) -> dict[str, Any]:
    (where / "train.csv").write_text("name,target\na.jpg,1\n")
    return {
        "data": {"folder": str(where), **data},
        "backbones": [
            {"name": "tiny", "application": "MobileNet", "weights": "random", "heads": ["ridge"]}
        ],
        "cache_dir": str(where / "cache"),
    }


def test_the_folder_of_photos_may_be_a_url(tmp_path: Path) -> None:
    pytest.importorskip("s3fs", reason="the extra s3 is not installed")
    data = open_experiment(config(tmp_path, images="s3://bucket/my photos/")).config.data
    found = data.photos_folder(tmp_path / "cache")
    assert isinstance(found, RemoteFolder)
    assert (found.url, found.cache) == (Url("s3", "bucket", "my photos"), tmp_path / "cache")
    assert Data(folder=str(tmp_path)).photos_folder() == tmp_path / "images"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"images": "s3://me:5ecret@bucket/a"}, "data.images: a URL of s3 holds a user or a pass"),
        ({"images": "https://host/a?key=5ecret"}, "data.images: a URL of https://host holds a qu"),
        ({"images": "ftp://host/a"}, "data.images: photos are not read from ftp://"),
        ({"images": "http://example.com"}, "data.images: http://example.com: photos would travel"),
        ({"train": "s3://bucket/train.csv"}, "data.train: must be on this machine; only images"),
        ({"folder": "s3://bucket"}, "data.folder: must be on this machine; only images may be"),
        ({"images": "s3://bucket/a", "render": {}}, "render: photos are drawn on this machine"),
    ],
)
def test_others_are_mistakes_of_the_config(
    tmp_path: Path, data: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        open_experiment(config(tmp_path, **data))
    assert message in str(caught.value)
    assert "5ecret" not in str(caught.value)


def test_an_absent_library_is_told_with_the_other_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesystem, "find_spec", lambda name: None)
    with pytest.raises(ConfigError) as caught:
        open_experiment(config(tmp_path, images="gs://bucket/a", test="none.csv"))
    assert caught.value.mistakes == [
        f"data.test: there is no file {tmp_path / 'none.csv'}",
        "data.images: gs://bucket/a: for this, gcsfs has to be installed: python -m pip install "
        "'backbone-ensemble[gcs]'",
    ]
