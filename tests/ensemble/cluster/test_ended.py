"""Commands on Ray that are ended: nothing stays that they started, and they go on."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from ensemble.terminal.stopping import LINE
from tests.ensemble.cluster.processes import wait_until, with_variable
from tests.ensemble.interrupted import Project

pytest.importorskip("ray", reason="the extra ray is not installed")
pytest.importorskip("openvino", reason="the extra openvino is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux"),
]

COMMAND = ("fit", "all.yaml", "--run-dir", "run")
ON_RAY = (*COMMAND, "--set", "parallel.backend=ray", "--set", "parallel.address=local")


def extracted(project: Project) -> bool:
    return "pooled+maps: " in project.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("is_late", [False, True], ids=["at the start", "between fits"])
def test_nothing_stays_of_a_command_that_is_ended_and_it_goes_on(
    tmp_path: Path, number: signal.Signals, is_late: bool
) -> None:
    temporary = tmp_path / "t"
    temporary.mkdir()
    alone = Project(tmp_path / "alone").write()
    assert alone.start(*COMMAND).wait(300) == 0
    project = Project(tmp_path / "ended").write()
    process = project.start(*ON_RAY)
    here = str(project.folder)
    is_there = (
        (lambda: "pooled.ridge: " in project.said)
        if is_late
        else (lambda: any(one.startswith("ray::") for one in with_variable("FOLDER", here)))
    )
    assert wait_until(is_there, 200), project.said
    os.kill(process.pid, number)
    assert process.wait(60) == (-number if number == signal.SIGKILL else 130), project.said
    # Of a process that was killed Ray hears by its silence.
    assert wait_until(lambda: with_variable("FOLDER", here) == [], 120)
    if number != signal.SIGKILL:
        assert project.said.endswith(f"error: {LINE}\n")
        assert "Traceback" not in project.said
    finished, before = project.finished(), project.extracted()
    assert project.start(*ON_RAY).wait(300) == 0
    assert {name: project.finished()[name] for name in finished} == finished
    left = re.findall(r"(\d+) of 100 photos to extract", project.said)
    assert [int(one) for one in left] == [100 - one for one in before.values() if one < 100]
    assert (project.folder / "run" / "oof.csv").read_bytes() == (
        alone.folder / "run" / "oof.csv"
    ).read_bytes()
    assert with_variable("FOLDER", here) == []
