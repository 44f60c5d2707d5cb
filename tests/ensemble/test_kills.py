"""Commands that are ended at random moments: they end as they should, and go on from there.

The fits from nothing are slow: ``pytest -m slow tests/ensemble/test_kills.py``.
"""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ensemble.fit import main as fit_main
from ensemble.storage.inventory import take_inventory
from ensemble.terminal.stopping import LINE
from tests.ensemble.interrupted import (
    COMMANDS,
    PHOTOS,
    Forks,
    Project,
    catches_signals,
    forks,
    to_extract,
)
from tests.ensemble.project import read_files

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")

KILLS, STOPS = 50, 24


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    with forks() as opened:
        yield opened


@pytest.fixture(scope="module")
def undisturbed(
    forked: Forks, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, bytes], dict[tuple[str, ...], float]]:
    """The tables of a run from nothing, and the seconds of each command."""
    project = Project(tmp_path_factory.mktemp("undisturbed") / "project").write()
    seconds = {}
    for command in COMMANDS:
        code, seconds[command] = forked.run(project, command)
        assert code == 0, project.said
    return project.tables(), seconds


def _moment(draw: random.Random, seconds: float) -> float:
    """Most are early; some leave time for the longest piece, so that a fit gets on."""
    return seconds / 2 * draw.random() ** 2


def go_on(
    forked: Forks,
    project: Project,
    command: tuple[str, ...],
    after: float | None,
    number: signal.Signals,
) -> int:
    """Run a command once more; what was finished before must not have been computed again."""
    finished, extracted = project.finished(), project.extracted()
    code, _ = forked.run(project, command, after, number)
    again = {
        name for name, state in project.finished().items() if state != finished.get(name, state)
    }
    assert not again, f"written again: {again}"
    if command[0] == "fit":
        for name, count in to_extract(project.said).items():
            assert count == max(0, PHOTOS - extracted.get(name, 0)), project.said
    return code


@pytest.mark.slow
def test_after_fifty_kills_the_tables_are_those_of_an_undisturbed_run(
    forked: Forks,
    undisturbed: tuple[dict[str, bytes], dict[tuple[str, ...], float]],
    tmp_path: Path,
) -> None:
    tables, seconds = undisturbed
    draw, kills, rounds = random.Random(0), 0, 0
    while kills < KILLS:
        project = Project(tmp_path / str(rounds)).write()
        rounds += 1
        for command in COMMANDS:
            code = -signal.SIGKILL
            while code == -signal.SIGKILL:
                after = _moment(draw, seconds[command]) if kills < KILLS else None
                code = go_on(forked, project, command, after, signal.SIGKILL)
                kills += code == -signal.SIGKILL
            assert code == 0, project.said
        assert project.tables() == tables
        assert take_inventory(project.folder / "cache").others == ()
        assert not [name for name in project.unfinished() if name.startswith("run/")]


@pytest.mark.slow
def test_signals_end_a_fit_at_any_moment_with_130_and_a_line(
    forked: Forks,
    undisturbed: tuple[dict[str, bytes], dict[tuple[str, ...], float]],
    tmp_path: Path,
) -> None:
    tables, seconds = undisturbed
    draw, project, stops, rounds = random.Random(1), Project(tmp_path / "0").write(), 0, 0
    while stops < STOPS:
        number = draw.choice([signal.SIGINT, signal.SIGTERM])
        after = 0.05 + _moment(draw, seconds[COMMANDS[0]])
        code = go_on(forked, project, COMMANDS[0], after, number)
        if code == 0:
            rounds += 1
            project = Project(tmp_path / str(rounds)).write()
            continue
        stops += 1
        assert code == 130, project.said
        assert project.said.endswith(f"error: {LINE}\n")
        assert "Traceback" not in project.said
        assert project.unfinished() == []
    for command in COMMANDS:
        assert go_on(forked, project, command, None, signal.SIGINT) == 0
    assert project.tables() == tables


@pytest.mark.slow
def test_two_fits_from_nothing_at_once_end_well_with_the_same_tables(
    forked: Forks,
    undisturbed: tuple[dict[str, bytes], dict[tuple[str, ...], float]],
    tmp_path: Path,
) -> None:
    project = Project(tmp_path / "project").write()
    other = project.start(*COMMANDS[0], said="other")
    assert forked.run(project, COMMANDS[0])[0] == 0, project.said
    assert other.wait(600) == 0, (project.folder / "other").read_text()
    assert forked.run(project, COMMANDS[1])[0] == 0, project.said
    assert project.tables() == undisturbed[0]
    assert project.unfinished() == []


def fit_in_new_process(folder: Path) -> subprocess.Popen[bytes]:
    return Project(folder).start("fit", "small.yaml")


@pytest.mark.parametrize(
    ("after", "number"),
    [
        (0.1, signal.SIGTERM),
        *(pytest.param(after, signal.SIGINT, marks=pytest.mark.slow) for after in (0.0, 0.4)),
    ],
)
def test_signals_end_a_fit_that_has_just_begun(
    project: Path, after: float, number: signal.Signals
) -> None:
    process = fit_in_new_process(project)
    while not catches_signals(process):  # before that, Python has not come to the program
        assert process.poll() is None
    time.sleep(after)
    process.send_signal(number)
    assert process.wait(60) == 130
    assert (project / "said").read_text() == f"error: {LINE}\n"


@pytest.mark.slow
def test_a_fit_that_is_killed_while_it_writes_the_run_is_completed_by_the_next(
    warm_project: Path, computed: dict[str, int]
) -> None:
    assert fit_main(["small.yaml", "--run-dir", "whole"]) == 0
    run = warm_project / "runs" / "small"
    process = fit_in_new_process(warm_project)
    while not (run / "oof.csv").exists():
        assert process.poll() is None, (warm_project / "said").read_text()
    process.kill()
    process.wait()
    (run / "oof.csv.1.partial").write_text("half")  # as the moment would have it
    assert not (run / "manifest.json").exists()
    computed.update(photos=0, fits=0)
    assert fit_main(["small.yaml"]) == 0
    assert computed == {"photos": 0, "fits": 0}
    assert read_files(run) == read_files(warm_project / "whole")


@pytest.mark.slow
def test_two_fits_into_one_folder_at_once_both_end_well(warm_project: Path) -> None:
    both = [Project(warm_project).start("fit", "small.yaml", said=name) for name in ("a", "b")]
    for name, process in zip(("a", "b"), both, strict=True):
        assert process.wait(120) == 0, (warm_project / name).read_text()
    assert fit_main(["small.yaml", "--run-dir", "alone"]) == 0
    assert read_files(warm_project / "runs" / "small") == read_files(warm_project / "alone")
