from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image

from ensemble.report.page.thumbnails import thumbnails


def test_photos_are_small_upright_pictures_and_broken_ones_none(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[274] = 6  # the camera was held upright
    Image.new("RGB", (1000, 500), "red").save(tmp_path / "a.jpg", exif=turned)
    Image.new("RGBA", (30, 20)).save(tmp_path / "b.png")
    (tmp_path / "c.jpg").write_bytes(b"no photo")
    names = ("a.jpg", "b.png", "c.jpg", "gone.jpg")
    made = thumbnails({name: tmp_path / name for name in names})
    assert list(made) == ["a.jpg", "b.png"]
    assert (made["a.jpg"].width, made["a.jpg"].height) == (160, 320)
    kind, content = made["a.jpg"].source.split(",")
    assert kind == "data:image/webp;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as picture:
        assert picture.size == (160, 320)
        assert picture.convert("RGB").getpixel((80, 160))[0] > 240
    assert (made["b.png"].width, made["b.png"].height) == (30, 20)


def test_the_first_four_photos_of_an_item_make_one_picture(tmp_path: Path) -> None:
    colours = ("red", "lime", "blue", "white", "black")
    paths = [tmp_path / f"{colour}.png" for colour in colours]
    for path, colour in zip(paths, colours, strict=True):
        Image.new("RGB", (400, 200), colour).save(path)
    (tmp_path / "broken.png").write_bytes(b"no photo")
    given = {"five": paths, "two": [tmp_path / "broken.png", *paths[1:3]], "none": [tmp_path]}
    made = thumbnails(given)
    assert list(made) == ["five", "two"]
    assert (made["five"].width, made["five"].height) == (320, 160)
    assert (made["two"].width, made["two"].height) == (320, 80)
    with Image.open(io.BytesIO(base64.b64decode(made["five"].source.split(",")[1]))) as picture:
        places = [(80, 40), (240, 40), (80, 120), (240, 120)]
        seen = [picture.convert("RGB").getpixel(place) for place in places]
    expected = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    for one, colour in zip(seen, expected, strict=True):
        assert max(abs(a - b) for a, b in zip(one, colour, strict=True)) < 12
