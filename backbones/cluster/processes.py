"""The processes that Ray has below this one."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path


def end_processes(word: str) -> None:
    """Kill the processes below this one that have a word in their command, and all below them.

    Where the system has no /proc, none: Ray has a process there that sees to it.
    """
    parents, commands = _processes()
    below = {one for one in parents if _is_below(one, {os.getpid()}, parents)}
    first = {one for one in below if word.encode() in commands[one]}
    # Those that start others go before these.
    for number in [*first, *(one for one in below - first if _is_below(one, first, parents))]:
        with suppress(OSError):
            os.kill(number, signal.SIGKILL)


def _processes() -> tuple[dict[int, int], dict[int, bytes]]:
    """The parent and the command of each process."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):  # it has ended meanwhile
            state = (folder / "stat").read_text(errors="replace")
            commands[int(folder.name)] = (folder / "cmdline").read_bytes()
            # Behind the name, which may hold anything, lie its state and its parent.
            parents[int(folder.name)] = int(state.rpartition(")")[2].split()[1])
    return parents, commands


def _is_below(number: int, above: set[int], parents: dict[int, int]) -> bool:
    while number in parents:
        number = parents[number]
        if number in above:
            return True
    return False
