"""The page in a real browser: Debian's Chromium, or any that CHROMIUM names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ensemble.report.analysis import analyse
from ensemble.report.outlook import look_at
from ensemble.report.page.densities import Overlay, Overlays
from ensemble.report.page.html import render_page
from ensemble.report.page.outlook import render_outlook
from ensemble.report.page.thumbnails import thumbnails
from ensemble.scoring.scores import score
from tests.ensemble.report.made_up import evidence, numbers
from tests.ensemble.report.made_up_new import predicted


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="the test extra has playwright")
    path = os.environ.get("CHROMIUM", shutil.which("chromium"))
    if path is None:
        pytest.skip("there is no chromium (Debian: apt install chromium); or set CHROMIUM")
    with api.sync_playwright() as playwright:
        # Without its sandbox, which a container does not let it have: the page is our own.
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every part: findings, curves, photos, densities, labels."""
    folder = tmp_path_factory.mktemp("page")
    oof = numbers()
    oof.loc[0, "target"] += 50
    oof["name"] = [f"{'a long folder/' * 3}{name}" for name in oof["name"]]
    curves = pd.DataFrame({"left_out": ["0", "0", ""], "epoch": [1, 2, 1], "loss": [3.0, 2, 4]})
    copies = pd.DataFrame({"group": 1, "name": oof["name"][:2], "target": [3.0, 5.0]})
    contents = analyse(
        evidence(
            oof,
            {"score": {"set_aside_above": 60}},
            near_copies=copies,
            curves={"one.mlp": curves},
            times={", ".join(["a_network_of_a_long_name"] * 3): 61.0},
        )
    )
    places = {name: folder / f"{number}.jpg" for number, name in enumerate(contents.shown)}
    for height, path in enumerate(places.values(), start=40):
        Image.new("RGB", (60, height), "teal").save(path)
    one = Overlay(np.eye(4, dtype=np.float16), (0.0, 0.0, 1.0, 1.0), np.float32([[0, 0, 0.5, 0.5]]))
    overlays = Overlays("one.density", dict.fromkeys(contents.shown, one))
    path = folder / "report.html"
    path.write_text(render_page(contents, thumbnails(places), overlays), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def outlook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of new photos, with every part."""
    folder = tmp_path_factory.mktemp("outlook")
    contents = look_at(predicted(far=40, scores=score(np.ones(3), np.zeros(3)), rejected=1))
    places = {name: folder / name for name in contents.shown}
    for height, path in enumerate(places.values(), start=40):
        Image.new("RGB", (60, height), "teal").save(path)
    path = folder / "submission.html"
    path.write_text(render_outlook(contents, thumbnails(places)), encoding="utf-8")
    return path


@pytest.fixture
def opened(
    browser: Any, report: Path, outlook: Path, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """A page at a width and in a theme, with all that the browser said and asked for."""
    name, width, theme = request.param
    # axe comes into the page as a script, which the page's own policy forbids.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto({"report": report, "outlook": outlook}[name].as_uri())
    yield page
    context.close()


VIEWS = list(product(("report", "outlook"), (360, 1440), ("light", "dark")))


@pytest.mark.parametrize("opened", VIEWS, indirect=True)
def test_the_page_in_a_browser(opened: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    outside = [url for url in opened.asked if not url.startswith("data:")]
    assert outside == [opened.url]
    images = "[...document.images].filter(one => !one.complete || !one.naturalWidth).length"
    assert opened.evaluate(images) == 0
    assert opened.evaluate("document.images.length") >= 3 * 12 + 8
    width = "document.documentElement.scrollWidth - window.innerWidth"
    assert opened.evaluate(width) <= 0
    opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()
    assert opened.said == []


@pytest.mark.parametrize("opened", [("report", 1440, "light")], indirect=True)
def test_densities_show_on_demand(opened: Any) -> None:
    density = opened.locator("img.density").first
    assert not density.is_visible()
    opened.get_by_text("Show where the number lies").click()
    assert density.is_visible()
    assert opened.locator("svg.labels").first.is_visible()


def test_the_policy_of_the_page_lets_nothing_run(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://localhost:9/'}))")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in one for one in said)
    page.close()
