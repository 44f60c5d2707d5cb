"""What a fit and an opened run load: nothing is unpickled, and no program is started."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ensemble.fit import main as fit_main
from ensemble.run import open_run

_STARTED = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.Popen")

#: The lists that hear of events now: a hook of the interpreter cannot be taken away.
_LISTENING: list[list[str]] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if not _LISTENING:
        return
    if event == "pickle.find_class" or event in _STARTED:
        _LISTENING[-1].append(f"{event} {arguments}")
    elif event in ("exec", "compile"):  # modules of packages are imported all the time
        place = str(getattr(arguments[0], "co_filename", arguments[-1]))
        if os.path.isabs(place) and not place.startswith((sys.prefix, sys.base_prefix, _HERE)):
            _LISTENING[-1].append(f"{event} {place}")


_HERE = str(Path(__file__).parents[2])


@contextmanager
def heard() -> Iterator[list[str]]:
    """The unpickled classes, started programs and foreign code of the block."""
    if _hear not in _HOOKED:
        sys.addaudithook(_hear)
        _HOOKED.append(_hear)
    _LISTENING.append([])
    try:
        yield _LISTENING[-1]
    finally:
        _LISTENING.pop()


_HOOKED: list[object] = []


def test_the_trace_hears_what_it_is_for(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("1")
    with heard() as events:
        pickle.loads(pickle.dumps(Path("a")))
        subprocess.run([sys.executable, "-c", ""], check=True)
        exec(compile("1", str(tmp_path / "code.py"), "exec"))
    kinds = [event.partition(" ")[0] for event in events]
    assert "pickle.find_class" in kinds
    assert "subprocess.Popen" in kinds
    assert "exec" in kinds


def test_nothing_is_unpickled_and_nothing_started(warm_project: Path) -> None:
    with heard() as events:
        assert fit_main(["small.yaml"]) == 0
        run = open_run("runs/small")
        run.predict(sorted((warm_project / "data" / "images").iterdir())[:2])
        assert len(run.oof) == 40
        assert run.leaderboard is not None
        assert run.metrics
    assert events == []
