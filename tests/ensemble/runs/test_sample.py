from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backbones.errors import InputError
from ensemble.config.data import Data
from ensemble.photos.newphotos import NewPhotos
from ensemble.runs.sample import refuse_other_rows


def check(folder: Path, content: str | None, **keys: str) -> None:
    if content is not None:
        (folder / "sample.csv").write_text(content)
        keys["sample_submission"] = "sample.csv"
    data = Data.model_validate({"folder": str(folder), "test": "test.csv", **keys})
    names = ["a.jpg", "b.jpg", "7"]
    refuse_other_rows(data, NewPhotos(np.array(names), tuple(map(Path, names))))


def test_the_order_of_rows_and_columns_plays_no_part(tmp_path: Path) -> None:
    check(tmp_path, "target,name\n0,7\n0,a.jpg\n0,b.jpg\n")
    check(tmp_path, "target;name\n0;7\n0;a.jpg\n0;b.jpg\n", separator=";")
    check(tmp_path, None)


def test_other_rows_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        check(tmp_path, "name,target\n\na.jpg,0\nb,0\na.jpg,1\n")
    assert str(caught.value) == (
        f"{tmp_path / 'sample.csv'}: the sample submission has other rows than test.csv, of which "
        "a submission is made; correct one of them, or leave out data.sample_submission:\n"
        "  - line 4: 'b' is not in test.csv\n  - 'a.jpg' is there 2 times\n"
        "  - 'b.jpg' of test.csv is missing\n  - '7' of test.csv is missing"
    )
