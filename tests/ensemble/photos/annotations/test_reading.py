"""What holds of every format alike."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PIL import Image

from backbones.errors import InputError
from backbones.photos.images import decode
from ensemble.config.data import Data
from ensemble.photos.annotations.catalog import READERS, annotation_files
from ensemble.photos.training_table import read_training
from tests.ensemble.photos.annotations.exports import (
    EXPORTS,
    ROWS,
    coco,
    mark,
    read,
    write,
)


def test_every_format_has_an_export_here() -> None:
    assert set(EXPORTS) == set(READERS)


@pytest.mark.parametrize("form", EXPORTS)
def test_all_formats_say_the_same(folder: Path, form: str) -> None:
    path, files = EXPORTS[form]
    write(folder, files)
    found = read(folder, form, path)
    assert [row[0] for row in found] == [row[0] for row in ROWS]
    for row, expected in zip(found, ROWS, strict=True):
        assert row[1:] == pytest.approx(expected[1:], abs=1e-9)


@pytest.mark.parametrize("form", EXPORTS)
def test_classes_may_be_chosen(folder: Path, form: str, caplog: pytest.LogCaptureFixture) -> None:
    path, files = EXPORTS[form]
    write(folder, files)
    with caplog.at_level(logging.INFO, "ensemble"):
        assert len(read(folder, form, path, classes=["face"])) == 2
    assert f"{path}: 3 objects in 2 photos (face 2, hand 1)" in caplog.text
    assert "1 photo without objects: their targets alone are learned" in caplog.text
    with pytest.raises(InputError) as caught:
        read(folder, form, path, classes=["faces", "hand", "zzz"])
    assert str(caught.value) == (
        f"data.objects.classes: {folder / path} has no objects of:\n"
        "  - 'faces': did you mean face?\n  - 'zzz': known: face, hand"
    )


@pytest.mark.parametrize("form", EXPORTS)
def test_what_it_comes_from_is_listed(folder: Path, form: str) -> None:
    path, files = EXPORTS[form]
    write(folder, files)
    found = annotation_files(form, folder / path)  # type: ignore[arg-type]
    assert {str(file.relative_to(folder)) for file in found} == set(files)


@pytest.mark.parametrize("form", EXPORTS)
def test_an_archive_is_to_be_unpacked(folder: Path, form: str) -> None:
    (folder / "export.zip").write_bytes(b"PK\x03\x04....")
    with pytest.raises(InputError, match=r"export\.zip is an archive, as tools export it; unpack"):
        read(folder, form, "export.zip")


@pytest.mark.parametrize("form", EXPORTS)
def test_an_empty_folder_is_named(folder: Path, form: str) -> None:
    (folder / "none").mkdir()
    with pytest.raises(InputError, match=r"none holds no file that ends in \.(json|xml|txt); name"):
        read(folder, form, "none")


OTHERS = [
    ("coco", "label_studio", "set data.objects.format: label_studio"),
    ("label_studio", "coco", "it looks like COCO: set data.objects.format: coco"),
    ("voc", "cvat", "its root is <annotations>, as CVAT writes: set data.objects.format: cvat"),
    ("cvat", "voc", "its root is <annotation>, as Pascal VOC has: set data.objects.format: voc"),
]


@pytest.mark.parametrize(("form", "other", "message"), OTHERS)
def test_a_file_of_another_format_is_told_by_its_look(
    folder: Path, form: str, other: str, message: str
) -> None:
    path, files = EXPORTS[other]
    write(folder, files)
    with pytest.raises(InputError) as caught:
        read(folder, form, path)
    assert message in str(caught.value)


def one_photo(name: str, *boxes: list[float], size: tuple[int, int] = (100, 50)) -> str:
    images = [{"id": 7, "file_name": name, "width": size[0], "height": size[1]}]
    return coco(images=images, annotations=[mark(one) for one in boxes])


def test_objects_of_photos_that_the_table_does_not_list(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Image.new("RGB", (100, 50)).save(folder / "images/test.png")
    (folder / "c.json").write_text(one_photo("test.png", [1, 1, 2, 2]))
    with pytest.raises(InputError) as caught:
        read(folder, "coco", "c.json")
    assert str(caught.value) == (
        f"{folder / 'c.json'}: objects of photos that train.csv does not list; where these are "
        "others, as photos to predict, data.objects.unlisted: skip leaves them out:\n"
        "  - c.json: 'test.png'"
    )
    with caplog.at_level(logging.INFO, "ensemble"):
        assert read(folder, "coco", "c.json", unlisted="skip") == []
    assert "1 photo with objects left out, as train.csv does not list them" in caplog.text
    (folder / "c.json").write_text(one_photo("test.png"))  # nothing there, nothing to say
    assert read(folder, "coco", "c.json") == []


def test_a_photo_has_one_entry(folder: Path) -> None:
    images = [{"id": one, "file_name": name} for one, name in ((7, "a.png"), (8, "images/a.png"))]
    (folder / "c.json").write_text(coco(images=images))
    with pytest.raises(InputError) as caught:
        read(folder, "coco", "c.json")
    assert str(caught.value) == (
        f"{folder / 'c.json'}: photos with several entries; keep one of each:\n"
        "  - a.png: c.json: 'a.png' and c.json: 'images/a.png'"
    )


def test_objects_that_are_there_twice_are_named(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    same = [mark([1, 1, 5, 5]), mark([1, 1, 5, 5]), mark([1, 1, 5, 5], 2)]
    (folder / "c.json").write_text(coco(annotations=same))
    assert len(read(folder, "coco", "c.json")) == 3
    assert "1 object in the same place as another of the same class: annotations[1]" in caplog.text


def test_fractions_in_place_of_pixels_are_refused(folder: Path) -> None:
    (folder / "c.json").write_text(one_photo("a.png", [0.1, 0.2, 0.3, 0.4], [0.5, 0.5, 0.5, 0.5]))
    with pytest.raises(InputError, match="all places lie within 0 to 1, in the first pixel, as fr"):
        read(folder, "coco", "c.json")


def test_places_outside_of_the_photo_are_refused_all_at_once(folder: Path) -> None:
    (folder / "c.json").write_text(
        one_photo("a.png", [90, 10, 90, 20], [1, 1, 2, 2], [-9, 0, 9, 9])
    )
    with pytest.raises(InputError) as caught:
        read(folder, "coco", "c.json")
    assert str(caught.value) == (
        f"{folder / 'c.json'}: places outside of their photo, which must be in pixels of it:\n"
        "  - annotations[0]: 90, 10, 180, 30 of 100 x 50\n"
        "  - annotations[2]: -9, 0, 0, 9 of 100 x 50"
    )


def test_what_was_rounded_beyond_an_edge_begins_there(folder: Path) -> None:
    (folder / "c.json").write_text(one_photo("a.png", [-0.5, -0.5, 10, 10]))
    assert read(folder, "coco", "c.json") == [("a.png", 0, 0, 9.5, 9.5)]


def test_the_photo_may_be_a_smaller_copy(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "c.json").write_text(one_photo("a.png", [100, 100, 50, 20], size=(401, 200)))
    with caplog.at_level(logging.INFO, "ensemble"):
        (row,) = read(folder, "coco", "c.json")
    assert row[1:] == pytest.approx((24.94, 25, 37.41, 30), abs=0.01)
    assert "1 photo of another size than stated: places are scaled" in caplog.text


def test_a_photo_of_another_shape_is_not_the_one_that_was_annotated(folder: Path) -> None:
    (folder / "c.json").write_text(one_photo("a.png", [1, 1, 2, 2], size=(50, 100)))
    with pytest.raises(InputError, match=r"'a\.png': stated 50 x 100, is 100 x 50 as a viewer sho"):
        read(folder, "coco", "c.json")


#: EXIF orientation -> where the corner 10, 20 to 30, 50 of a stored photo of 100 x 80 lies upright.
TURNS = {
    5: (20, 10, 50, 30),
    6: (30, 10, 60, 30),
    7: (30, 70, 60, 90),
    8: (20, 70, 50, 90),
}


@pytest.mark.parametrize("orientation", TURNS)
def test_places_lie_on_their_side_where_the_photo_did(
    folder: Path, orientation: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A red patch, in the stored pixels, has to be where the places are in the upright ones."""
    photo = Image.new("RGB", (100, 80))
    photo.paste("red", (10, 20, 30, 50))
    tags = Image.Exif()
    tags[0x0112] = orientation
    photo.save(folder / "images/a.png", exif=tags)
    (folder / "c.json").write_text(one_photo("a.png", [10, 20, 20, 30], size=(100, 80)))
    ((_, *corners),) = read(folder, "coco", "c.json")
    upright = decode((folder / "images/a.png").read_bytes(), "a.png")
    assert tuple(corners) == upright.getbbox() == TURNS[orientation]
    assert "1 photo stated as stored, on their side: places are turned" in caplog.text


def test_a_photo_on_its_side_may_be_stated_upright(folder: Path) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    Image.new("RGB", (100, 80)).save(folder / "images/a.png", exif=tags)
    (folder / "c.json").write_text(one_photo("a.png", [10, 20, 20, 75], size=(80, 100)))
    assert read(folder, "coco", "c.json") == [("a.png", 10, 20, 30, 95)]
    (folder / "c.json").write_text(one_photo("a.png", [10, 20, 20, 75], size=(100, 80)))
    with pytest.raises(InputError, match="photos that lie on their side by EXIF, are stated as th"):
        read(folder, "coco", "c.json")


def test_a_damaged_photo_is_told_of_elsewhere(folder: Path) -> None:
    (folder / "images/a.png").write_bytes(b"no photo")
    (folder / "c.json").write_text(coco())
    assert read(folder, "coco", "c.json") == []


def test_a_crowd_leaves_the_target_alone(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    marks = [mark([1, 1, 5, 5]), mark([0, 0, 50, 50], 2, iscrowd=1)]
    (folder / "c.json").write_text(coco(annotations=marks))
    with caplog.at_level(logging.INFO, "ensemble"):
        assert read(folder, "coco", "c.json") == []
    assert "1 photo with crowds (iscrowd): their target alone is learned" in caplog.text
    assert read(folder, "coco", "c.json", classes=["face"]) == [("a.png", 1, 1, 6, 6)]


def test_a_crowd_in_an_area_is_refused(folder: Path) -> None:
    marks = [mark([1, 1, 5, 5]), mark([0, 0, 50, 50], 2, iscrowd=1)]
    (folder / "c.json").write_text(coco(annotations=marks))
    (folder / "areas.csv").write_text("name,xmin,ymin,xmax,ymax\na.png,0,0,50,50\n")
    objects = {"format": "coco", "path": "c.json"}
    data = Data.model_validate({"folder": str(folder), "objects": objects, "areas": "areas.csv"})
    with pytest.raises(InputError) as caught:
        read_training(data, 0)
    said = "photos with a crowd (iscrowd) and an area in areas.csv, in which every object must be"
    assert said in str(caught.value)


def test_names_of_another_machine_are_known_by_their_ends(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = ["C:\\Users\\me\\photos\\a.PNG", "https://x.org/p/sub/c%2Epng?token=%201", "b"]
    images = [{"id": 7 + one, "file_name": name} for one, name in enumerate(names)]
    marks = [{**mark([1, 1, 2, 2]), "image_id": 7 + one} for one in range(3)]
    (folder / "c.json").write_text(coco(images=images, annotations=marks))
    with caplog.at_level(logging.INFO, "ensemble"):
        assert [row[0] for row in read(folder, "coco", "c.json")] == ["a.png", "sub/c.png", "b.png"]
    assert "2 photos named by their ends alone, as" in caplog.text
