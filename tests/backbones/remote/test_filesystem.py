from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

from backbones.errors import InputError
from backbones.remote import filesystem
from backbones.remote.filesystem import LIBRARIES
from backbones.remote.folder import open_folder


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("s3://bucket/a", "s3fs", "s3"),
        ("gs://bucket/a", "gcsfs", "gcs"),
        ("https://host/a", "aiohttp", "http"),
        ("https://host/a", "fsspec", "http"),
    ],
)
def test_an_absent_library_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, url: str, package: str, extra: str
) -> None:
    def find(name: str) -> Any:
        return None if name == package else sys

    monkeypatch.setattr(filesystem, "find_spec", find)
    with pytest.raises(InputError) as caught:
        open_folder(url)
    assert str(caught.value).endswith(f"python -m pip install 'backbone-ensemble[{extra}]'")
    assert str(caught.value).startswith(f"{url}: ")


def test_the_extras_are_those_of_the_distribution() -> None:
    from tests.test_project import PROJECT

    extras = PROJECT["optional-dependencies"]
    for library in LIBRARIES.values():
        assert any(one.startswith(library.package) for one in extras[library.extra])


def test_folders_of_this_machine_need_none_of_it() -> None:
    code = """
import sys
from pathlib import Path
from backbones.photos.lookup import find_photos
from backbones.remote.folder import open_folder
find_photos(open_folder("."), ["a.jpg"])
print([name for name in ("fsspec", "s3fs", "aiohttp", "gcsfs") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_settings_of_the_environment_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS", raising=False)
    monkeypatch.delenv("AWS_RETRY_MODE", raising=False)
    settings = LIBRARIES["s3"].options()["config_kwargs"]
    assert settings["retries"] == {"mode": "standard", "max_attempts": 3}
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    assert "retries" not in LIBRARIES["s3"].options()["config_kwargs"]


@pytest.mark.skipif(find_spec("gcsfs") is None, reason="the extra gcs is not installed")
def test_the_library_of_gs_takes_these_settings() -> None:
    from gcsfs import GCSFileSystem

    assert GCSFileSystem(token="anon", skip_instance_cache=True, **LIBRARIES["gs"].options())
