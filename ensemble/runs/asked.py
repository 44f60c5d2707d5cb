"""The photos that a submission is asked for."""

from __future__ import annotations

from pathlib import Path

from backbones.errors import InputError
from backbones.remote.folder import open_folder
from ensemble.config.data import Data
from ensemble.config.settings import ConfigError
from ensemble.photos import newphotos
from ensemble.photos.newitems import read_new_items, refuse_unnamed
from ensemble.photos.newphotos import NewPhotos
from ensemble.photos.tabular import missing_columns


def photos_asked_for(
    data: Data,
    test: Path | None,
    images: Path | str | None,
    with_absent: bool = False,
    cache: Path | None = None,
) -> NewPhotos:
    """The photos of a table, of a folder or URL, or of the config's own test table.

    Of photos behind a URL, the folder `cache` keeps what is downloaded.

    Photos that a table lists and that are not there are an error, unless they are asked for, too.

    Raises
    ------
    InputError
        There is no such table or folder, or it lists photos that do not exist.
    """
    folder = data.photos_folder(cache) if images is None else open_folder(images, cache)
    features = tuple(data.columns.features)
    if test is None and images is not None:
        if features:
            raise InputError(missing_columns(features, "--images names photos alone"))
        refuse_unnamed(data.columns)
        return newphotos.read_folder(folder)
    if test is None and data.test is None:
        raise InputError("the config has no data.test: say --test CSV or --images DIR")
    path = test if test is not None else data.path(str(data.test))
    columns, form = data.columns, data.table_format
    photos = newphotos.read_test(
        path, folder, columns.name, columns.only_target, form, with_absent, features
    )
    return photos if columns.item is None else read_new_items(photos, path, columns, form)


def check_may_skip(data: Data, test: Path | None, images: Path | str | None) -> None:
    """Refuse to leave out rows of the config's own test table, where a sample asks for them all.

    Raises
    ------
    ConfigError
        It does.
    """
    if test is None and images is None and data.sample_submission is not None:
        raise ConfigError(
            f"--on-bad-photo skip: {data.path(data.sample_submission)} asks for a row for each "
            "photo of the test table, and rows would be missing; say --on-bad-photo fill"
        )
