from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from backbones.errors import InputError
from ensemble.config.parallel import Parallel
from ensemble.workers import THREADS, open_workers


@pytest.mark.parametrize(
    "address",
    ["auto", "local", "ray://head:10001", "10.0.0.1:6379", "head.local:6379", "[::1]:6379"],
)
def test_addresses_that_ray_takes_are_taken(address: str) -> None:
    assert Parallel(backend="ray", address=address).address == address


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"address": "head"}, "must be auto, local, HOST:PORT or ray://HOST:PORT"),
        ({"address": "http://head:8265"}, "must be auto, local, HOST:PORT or ray://HOST:PORT"),
        ({"address": ""}, "must be auto, local, HOST:PORT or ray://HOST:PORT"),
        ({"backend": "Ray"}, "must be 'threads' or 'ray'"),
        ({"actors": 0}, "must be greater than or equal to 1"),
        ({"actors": 2.5}, "must be a valid integer"),
        ({"cores": "2"}, "must be a valid integer"),
        ({"workers": 2}, r"unknown key; did you mean cores\?"),
    ],
)
def test_a_section_that_ray_could_not_use_is_refused(section: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Parallel.model_validate(section)


def test_threads_need_nothing() -> None:
    with open_workers(Parallel()) as workers:
        assert workers is THREADS


def test_a_cluster_that_is_not_there_is_refused_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with (
        pytest.raises(InputError, match="ray is not installed"),
        open_workers(Parallel(backend="ray")),
    ):
        pass
