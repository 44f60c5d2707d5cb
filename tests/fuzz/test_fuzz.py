"""Ten minutes of fuzzing without a finding; ``FUZZ_SECONDS`` sets how long for each reader."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import seeds

ROOT = Path(__file__).parents[2]


def run_seeds() -> list[bytes]:
    from tests.fuzz.runs import FILES

    return seeds.runs(FILES)


def table_seeds() -> list[bytes]:
    from tests.fuzz.tables import BORDER

    return seeds.tables(BORDER)


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "photos": seeds.photos,
    "tables": table_seeds,
    "runs": run_seeds,
}


@pytest.mark.slow
@pytest.mark.parametrize("reader", SEEDS)
def test_no_input_ends_in_another_error(reader: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris, of the extra fuzz, is not installed")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "findings").mkdir()
    for number, seed in enumerate(SEEDS[reader]()):
        (tmp_path / "seeds" / str(number)).write_bytes(seed)
    seconds = os.environ.get("FUZZ_SECONDS", "200")
    options = [f"-max_total_time={seconds}", "-timeout=30", "-rss_limit_mb=4096", "-max_len=65536"]
    place = f"-artifact_prefix={tmp_path / 'findings'}/"
    command = [sys.executable, "-m", f"tests.fuzz.{reader}", *options, place]
    done = subprocess.run(
        [*command, str(tmp_path / "seeds")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        errors="replace",
    )
    kept = (tmp_path / "findings").glob("[!s]*")  # slow ones are no findings while others run
    findings = {path.name: path.read_bytes() for path in kept}
    assert findings == {}, done.stderr[-6000:] + done.stdout[-3000:]
    assert done.returncode == 0, done.stderr[-6000:]
    assert "Done " in done.stderr  # it has run to its end
