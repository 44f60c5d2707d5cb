"""Signals to processes of their own: they end without Python's help."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")

BEGIN = """\
import os, signal, sys, time
from pathlib import Path
from ensemble.terminal.stopping import clean_up_before, end_at_signals
end_at_signals()
from backbones.files import atomic_write, remove_unfinished, temporary_folder
clean_up_before(remove_unfinished)
"""

#: What the main thread is busy with when a signal comes.
WORK = [
    ("time.sleep(60)", signal.SIGINT),
    ("\n    try: time.sleep(60)\n    except BaseException: pass", signal.SIGTERM),
    ("import ctypes; ctypes.CFUNCTYPE(None)(lambda: time.sleep(60))()", signal.SIGINT),
    ("import hashlib; hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)", signal.SIGTERM),
]

LINE = "error: stopped; what was computed is kept, and the same command goes on from here\n"


def start(code: str, folder: Path, prelude: str = "") -> subprocess.Popen[str]:
    """A process that has said ``ready``."""
    process = subprocess.Popen(
        [sys.executable, "-c", prelude + BEGIN + code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize(
    ("work", "number"), WORK, ids=["Python", "handlers", "callback", "compiled"]
)
def test_a_signal_ends_a_command_with_a_line_and_nothing_unfinished(
    work: str, number: signal.Signals, tmp_path: Path
) -> None:
    code = (
        "with atomic_write(Path('a')) as partial, temporary_folder(Path()) as folder:\n"
        "    partial.write_text('half'); (folder / 'b').write_text('')\n"
        f"    print('ready', flush=True); {work}"
    )
    process = start(code, tmp_path)
    time.sleep(0.05)
    began = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, LINE)
    assert time.monotonic() - began < 10
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    code = "print('ready', flush=True); time.sleep(60)"
    prelude = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    process = start(code, tmp_path, prelude)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 130
    process.communicate()


def test_a_signal_to_a_fork_does_not_end_its_parent(tmp_path: Path) -> None:
    code = (
        "print('ready', flush=True)\n"
        "with atomic_write(Path('a')) as partial:\n"
        "    child = os.fork()\n"
        "    if child == 0: time.sleep(60); os._exit(0)\n"
        "    os.kill(child, signal.SIGTERM)\n"
        "    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
        "    partial.write_text(str(ended))\n"
        "    time.sleep(1.3)"
    )
    process = start(code, tmp_path)
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0
    assert (tmp_path / "a").read_text() == str(-signal.SIGTERM)


def test_closed_outputs_are_not_those_of_the_next_file(tmp_path: Path) -> None:
    code = BEGIN + "Path('number').write_text(str(os.open('number', os.O_CREAT | os.O_RDWR)))"
    command = f'exec "{sys.executable}" -c "$CODE" 0<&- 1>&- 2>&-'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CODE": code}
    subprocess.run(["sh", "-c", command], check=True, cwd=tmp_path, env=environment)
    assert int((tmp_path / "number").read_text()) > 2


def test_whoever_imports_the_package_keeps_pythons_own_handler() -> None:
    code = (
        "import signal, ensemble.fit, ensemble.__main__, ensemble.terminal.command\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
        "assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    prelude = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    subprocess.run([sys.executable, "-c", prelude + code], check=True, env=environment)
