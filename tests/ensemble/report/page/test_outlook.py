from __future__ import annotations

from ensemble.report.outlook import look_at
from ensemble.report.page.outlook import render_outlook
from ensemble.report.page.thumbnails import Thumbnail
from tests.ensemble.report.made_up_new import predicted

PICTURE = Thumbnail("data:image/webp;base64,AAAA", 30, 20)


def test_findings_and_photos_are_shown_with_their_pictures() -> None:
    outlook = look_at(predicted(far=40))
    page = render_outlook(outlook, dict.fromkeys(outlook.shown, PICTURE))
    assert "Photos unlike those of the fit" in page
    assert "novelty 1.60" in page
    assert page.count("data:image/webp") == 3 * 12 + 2 * 8
    assert "not at hand" not in page
    assert "not at hand" in render_outlook(outlook, {})


def test_names_are_escaped() -> None:
    table = predicted().table.rename(index={"0000.jpg": "<script>alert(1)</script>.jpg"})
    page = render_outlook(look_at(predicted(table=table)), {})
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_endless_intervals_and_runs_without_novelty_are_said() -> None:
    table = predicted().table.copy()
    table["lower"], table["upper"] = -float("inf"), float("inf")
    page = render_outlook(look_at(predicted(table=table, own=None)), {})
    assert "This run does not know: fit it again" in page
    assert "∞" in page
