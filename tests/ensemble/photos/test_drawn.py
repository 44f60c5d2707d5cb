from __future__ import annotations

import numpy as np

from ensemble.photos.drawn import SIZE, draw_picture


def test_faces_lie_in_the_picture_and_apart() -> None:
    draw = np.random.default_rng(0)
    most = 0
    for _ in range(30):
        _, boxes = draw_picture(draw)
        most = max(most, len(boxes))
        taken = np.zeros((SIZE, SIZE), dtype=int)
        for left, top, right, bottom in boxes:
            taken[top:bottom, left:right] += 1
        assert taken.max(initial=0) <= 1
        assert taken.sum() == sum((r - x) * (b - t) for x, t, r, b in boxes)
    assert most > 8
