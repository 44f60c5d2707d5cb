"""What is refused before a cluster is looked for."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backbones.cluster import session
from backbones.cluster.session import Cluster
from backbones.errors import InputError


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


def test_without_ray_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError) as raised, Cluster():
        pass
    assert str(raised.value) == (
        "parallel.backend: ray is not installed: pip install 'backbone-ensemble[ray]', or set "
        "parallel.backend: threads"
    )


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("form", ["ray://127.0.0.1:{}", "127.0.0.1:{}"])
def test_an_address_where_nothing_listens_is_refused_at_once(form: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = form.format(free.getsockname()[1])
    with pytest.raises(InputError, match="Connection refused") as raised, Cluster(address):
        pass
    assert str(raised.value).startswith(
        f"parallel.address: there is no Ray cluster to be had at {address} ("
    )
    assert "set parallel.backend: threads" in str(raised.value)


@pytest.mark.usefixtures("_installed")
def test_auto_minds_the_address_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "no.such.host.invalid:6379")
    with pytest.raises(InputError, match=r"had at no\.such\.host\.invalid:6379"), Cluster("auto"):
        pass


@pytest.mark.usefixtures("_installed")
def test_nothing_is_started_until_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session.Cluster, "_connect", lambda *_: pytest.fail("connected"))
    with Cluster("local") as cluster:
        assert not cluster.is_started


def test_ray_is_not_imported_by_what_workers_run() -> None:
    folder = Path(session.__file__).parent
    for name in ("worker.py", "carried.py", "environment.py"):
        assert "import ray" not in (folder / name).read_text()


TWICE = """
from backbones.cluster.session import Cluster
for _ in range(2):
    with Cluster("local") as cluster:
        assert cluster.machines.cores > 0
"""


@pytest.mark.slow
def test_a_process_may_start_one_after_another() -> None:
    """Ray remembers the token of the first."""
    pytest.importorskip("ray", reason="the extra ray is not installed")
    done = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
