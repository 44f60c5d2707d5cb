"""The processes of a Ray that was started here, looked up in /proc."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def workers_of(process: int, title: str) -> list[int]:
    """Process ids below `process` that Ray has given a title, as ``ray::Class.method``."""
    parents: dict[int, int] = {}
    titles: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            number = int(folder.name)
            titles[number] = (folder / "cmdline").read_bytes().decode(errors="replace")
            parents[number] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])

    def is_below(number: int) -> bool:
        while number in parents:
            number = parents[number]
            if number == process:
                return True
        return False

    return [one for one, text in titles.items() if text.startswith(title) and is_below(one)]


def kill_one(title: str) -> int:
    """Kill one worker with this title; returns how many there were."""
    found = workers_of(os.getpid(), title)
    for number in found[:1]:
        os.kill(number, signal.SIGKILL)
    return len(found)


def with_variable(name: str, value: str) -> list[str]:
    """What runs with a variable of the environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{name}={value}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def wait_until(happens: Callable[[], bool], seconds: float) -> bool:
    """Whether something happens in that time."""
    end = time.monotonic() + seconds
    while not (happened := happens()) and time.monotonic() < end:
        time.sleep(0.05)
    return happened
