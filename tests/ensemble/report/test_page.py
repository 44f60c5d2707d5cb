from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ensemble.report import page
from ensemble.report.density_view import DensityView


def view(folder: Path, name: str = "a.png", amount: float = 1.0) -> DensityView:
    """A square photo that a wide network saw padded; something lies in the photo's upper left."""
    Image.new("RGB", (60, 60), (90, 160, 120)).save(folder / name)
    density = np.zeros((8, 16), dtype=np.float16)
    density[1, 5] = amount
    objects = np.array([[10.0, 10.0, 20.0, 20.0], [50.0, 50.0, 50.0, 50.0]])
    return DensityView(name, folder / name, 2, 1.96, density, (64, 128), "letterbox", objects)


def colourful(png: bytes) -> npt.NDArray[np.bool_]:
    """Which pixels of the room of the only photo are the density's."""
    pixels = np.asarray(Image.open(BytesIO(png)).convert("RGB"), dtype=int)
    inch = page._DPI
    left, top = page._EDGE * inch, (page._EDGE + page._HEADING + page._ROW + page._TITLE) * inch
    side, middle = page._HEIGHT * inch, left + page._WIDTH * inch / 2
    room = pixels[int(top) : int(top + side), int(middle - side / 2) : int(middle + side / 2)]
    return np.ptp(room, axis=2) > 40


def test_all_colour_in_a_photo_is_where_the_density_lies(tmp_path: Path) -> None:
    """Its cell is 1.5 eighths of the photo from the top and as much from the left."""
    rows, columns = np.nonzero(colourful(page.draw_page({"One": [view(tmp_path)]}, "All", "")))
    side = page._HEIGHT * page._DPI
    assert len(rows) > 200
    assert abs(rows.mean() / side - 1.5 / 8) < 0.02
    assert abs(columns.mean() / side - 1.5 / 8) < 0.02


def test_next_to_nothing_has_no_colour(tmp_path: Path) -> None:
    assert not colourful(page.draw_page({"One": [view(tmp_path, amount=0.0005)]}, "All", "")).any()
    assert not colourful(page.draw_page({"One": [view(tmp_path, amount=0.0)]}, "All", "")).any()


def test_the_same_photos_give_the_same_bytes_whatever_their_names(tmp_path: Path) -> None:
    names = ["写真.png", "$x_$.png", f"{'long' * 30}.png"]
    rows = {"One": [view(tmp_path, name) for name in names], "Two": [view(tmp_path)]}
    first = page.draw_page(rows, "All $", "")
    assert page.draw_page(rows, "All $", "") == first
    assert Image.open(BytesIO(first)).info.keys() == {"dpi"}
