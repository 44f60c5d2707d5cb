"""Three small photos, and the objects that the tests read of an export of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

from ensemble.config.data import Data
from ensemble.photos.training_table import read_training

#: Width and height.
SIZES = {"a.png": (100, 50), "b.png": (60, 40), "sub/c.png": (200, 200)}

#: The same three objects of the photo a.png, and none of b.png, in every format below.
BOXES = [[10.0, 20.0, 40.0, 30.0], [0.0, 0.0, 100.0, 50.0], [50.0, 10.0, 75.0, 40.0]]

ROWS = [("a.png", *box) for box in BOXES]


def draw(folder: Path) -> Path:
    """Write the photos and their table."""
    for name, size in SIZES.items():
        path = folder / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size).save(path)
    (folder / "train.csv").write_text("name,target\na.png,3\nb.png,0\nsub/c.png,5\n")
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read(folder: Path, form: str, path: str, **keys: Any) -> list[tuple[Any, ...]]:
    """Name, xmin, ymin, xmax and ymax of each object."""
    objects = {"format": form, "path": path, **keys}
    found = read_training(Data.model_validate({"folder": str(folder), "objects": objects}), 0)
    assert found.objects is not None
    return [tuple(row) for row in found.objects.to_numpy().tolist()]


def coco(**lists: Any) -> str:
    """A file of COCO; other lists take the place of its own."""
    content = {
        "images": [
            {"id": number, "file_name": name, "width": SIZES[name][0], "height": SIZES[name][1]}
            for number, name in enumerate(["a.png", "b.png"], start=7)
        ],
        "categories": [{"id": 1, "name": "face"}, {"id": 2, "name": "hand"}],
        "annotations": [mark([10, 20, 30, 10]), mark([0, 0, 100, 50]), mark([50, 10, 25, 30], 2)],
    }
    return json.dumps({**content, **lists})


def mark(bbox: Any, category: Any = 1, **keys: Any) -> dict[str, Any]:
    """An annotation of COCO, of the first photo."""
    return {"image_id": 7, "category_id": category, "bbox": bbox, **keys}


YOLO = {
    "yolo/data.yaml": "names: {0: face, 1: hand}\n",
    "yolo/labels/a.txt": "0 0.25 0.5 0.3 0.2\n0 0.5 0.5 1 1\n\n1 0.625 0.5 0.25 0.6\n",
    "yolo/labels/b.txt": "",
}


def voc(name: str, *boxes: str, size: tuple[int, int] | None = None) -> str:
    """A file of Pascal VOC; a box is ``label xmin ymin xmax ymax``."""
    objects = []
    for one in boxes:
        label, *ends = one.split()
        keys = ("xmin", "ymin", "xmax", "ymax")
        inside = "".join(f"<{key}>{end}</{key}>" for key, end in zip(keys, ends, strict=True))
        objects.append(f"<object><name>{label}</name><bndbox>{inside}</bndbox></object>")
    width, height = size or SIZES.get(name, (0, 0))
    stated = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    start = f"<annotation><folder>x</folder><filename>{name}</filename>{stated}"
    return f"{start}{''.join(objects)}</annotation>"


VOC = {
    "voc/a.xml": voc("a.png", "face 11 21 40 30", "face 1 1 100 50", "hand 51 11 75 40"),
    "voc/b.xml": voc("b.png"),
}


def cvat(*images: str) -> str:
    meta = (
        "<meta><task><labels><label><name>face</name></label><label><name>hand</name></label>"
        "</labels></task></meta>"
    )
    start = '<?xml version="1.0"?><annotations><version>1.1</version>'
    return f"{start}{meta}{''.join(images)}</annotations>"


def image(name: str, *shapes: str, size: tuple[int, int] | None = None) -> str:
    """An image of CVAT."""
    width, height = size or SIZES[name]
    return (
        f'<image id="0" name="{name}" width="{width}" height="{height}">{"".join(shapes)}</image>'
    )


def box(label: str, *ends: float, **keys: Any) -> str:
    """A box of CVAT."""
    said = {"label": label, **dict(zip(("xtl", "ytl", "xbr", "ybr"), ends, strict=True)), **keys}
    return shape("box", **said)


def shape(tag: str, **keys: Any) -> str:
    """A shape of CVAT."""
    return f"<{tag} {' '.join(f'{key}={str(one)!r}' for key, one in keys.items())}/>"


CVAT = cvat(
    image(
        "a.png",
        box("face", 10, 20, 40, 30),
        box("face", 0, 0, 100, 50),
        box("hand", 50, 10, 75, 40),
    ),
    image("b.png"),
)


def region(kind: str, value: dict[str, Any], label: str | None = "face", **keys: Any) -> Any:
    """A region of Label Studio in a photo of 100 x 50."""
    labels = {} if label is None else {f"{kind}labels": [label]}
    said = {"original_width": 100, "original_height": 50, "image_rotation": 0, "id": "r"}
    return {**said, "type": f"{kind}labels", "value": {**value, **labels}, **keys}


def rectangle(x: float, y: float, width: float, height: float, **keys: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "width": width, "height": height, "rotation": 0, **keys}


def task(photo: str, *regions: Any, **keys: Any) -> dict[str, Any]:
    done = [{"id": 1, "was_cancelled": False, "result": list(regions)}]
    return {"id": 12, "data": {"image": photo}, "annotations": done, "predictions": [], **keys}


LABEL_STUDIO = [
    task(
        "/data/upload/3/0a1b2c3d-a.png",
        region("rectangle", rectangle(10, 40, 30, 20), id="1"),
        region("rectangle", rectangle(0, 0, 100, 100), id="2"),
        region("rectangle", rectangle(50, 20, 25, 60), "hand", id="3"),
    ),
    task("/data/local-files/?d=images/b.png"),
]

#: Format -> its path, and its files.
EXPORTS: dict[str, tuple[str, dict[str, str]]] = {
    "coco": ("coco.json", {"coco.json": coco()}),
    "yolo": ("yolo/labels", YOLO),
    "voc": ("voc", VOC),
    "cvat": ("annotations.xml", {"annotations.xml": CVAT}),
    "label_studio": ("tasks.json", {"tasks.json": json.dumps(LABEL_STUDIO)}),
}
