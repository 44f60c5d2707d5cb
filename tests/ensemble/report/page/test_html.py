from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from ensemble.metric import Metric, MetricName
from ensemble.report.analysis import analyse
from ensemble.report.page.densities import Overlay, Overlays
from ensemble.report.page.html import render_page
from ensemble.report.page.thumbnails import Thumbnail
from tests.ensemble.report.made_up import evidence, numbers

EVIL = "<script>alert('x')</script>.jpg"


def page(name: str = "0000.jpg") -> str:
    oof = numbers()
    oof.loc[0, "name"] = name
    oof.loc[0, "target"] += 50
    curves = pd.DataFrame({"left_out": ["0", ""], "epoch": [1, 1], "loss": [3.0, 4.0]})
    contents = analyse(
        evidence(oof, curves={"one.mlp": curves, "two.mlp": curves}, times={"extracting": 61.0})
    )
    pictures = {name: Thumbnail("data:image/webp;base64,AAAA", 30, 20)}
    objects = np.array([[0.1, 0.2, 0.3, 0.5], [0.5, 0.5, 0.5, 0.5]], dtype=np.float32)
    overlay = Overlay(np.ones((2, 3), np.float16), (0.0, -0.25, 1.0, 1.5), objects)
    return render_page(contents, pictures, Overlays("one.density", {name: overlay}))


def test_names_are_escaped() -> None:
    text = page(EVIL)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_page_names_nothing_outside_of_itself() -> None:
    links = re.findall(r"""(?:src|href)=["']([^"']*)""", page())
    assert links
    assert all(one.startswith(("data:", "#")) for one in links), links
    assert "default-src 'none'" in page()
    assert "@import" not in page()


def test_identifiers_are_given_once() -> None:
    counts = Counter(re.findall(r'\bid="([^"]*)"', page()))
    assert [name for name, count in counts.items() if count > 1] == []
    used = set(re.findall(r'(?:url\(#|href="#)([^")]*)', page()))
    assert used <= counts.keys()


def test_a_photo_has_its_density_and_its_labels_over_it() -> None:
    text = page()
    assert "left: 0.0%; top: -25.0%; width: 100.0%; height: 150.0%" in text
    assert '<rect x="10.0" y="20.0" width="20.0" height="30.0"/>' in text
    assert '<path d="M50.0 50.0h0"/>' in text
    assert "where one.density sees the number" in text


def test_a_photo_that_is_gone_is_said_to_be() -> None:
    contents = analyse(evidence())
    text = render_page(contents, {}, Overlays())
    assert text.count("not at hand") == 72
    assert "Show where" not in text


def test_charts_take_the_colours_of_the_page() -> None:
    charts = re.findall(r"<svg role.*?</svg>", page(), flags=re.DOTALL)
    assert len(charts) == 4
    assert all("var(--ink)" in one or "var(--faint)" in one for one in charts)
    assert all(re.match(r'<svg role="img" aria-label="[^"]+"', one) for one in charts)


@pytest.mark.parametrize("name", ["mae", "mape", "rmsle", "r2"])
def test_the_page_names_the_metric(name: MetricName) -> None:
    metric = Metric(name)
    text = render_page(analyse(evidence(metric=name)), {}, Overlays())
    assert f"{metric.label}{', in the unit of' if name == 'mae' else ' of'} seeds</small>" in text
    assert f'<th scope="col">fold</th><th scope="col">{metric.label}</th>' in text
    assert f"The stack's {metric.label} is {'higher' if name == 'r2' else 'lower'}: by" in text
    assert f"<em>constant</em> {metric.describe_constant('other folds')}." in text
    assert "squared error" not in text
    header = text.partition("<tbody>")[0].rpartition("<thead>")[2]
    assert header.index(f">{metric.label}<") < header.index(">RMSE<")


def test_the_same_run_has_the_same_page() -> None:
    assert page() == page()
    assert "1:01 min" in page()
