"""Ctrl-C and SIGTERM end a command at once, wherever it is.

An exception would not do: raised in a function that compiled code calls (a network being traced or
converted), it is swallowed, or comes out as another error; raised while modules are imported, as a
traceback. What is written is written whole or not at all, so that nothing has to be unwound.

Of the program this imports nothing, and of Python little: it comes first.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # the module typing takes longer to import than all of these
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import RLock

LINE = "stopped; what was computed is kept, and the same command goes on from here"

#: The exit code of a command that was stopped: what shells say of one that Ctrl-C ended.
CODE = 130

#: Seconds that the main thread has to come out of compiled code and end by itself. It stands still
#: meanwhile, and cannot take the end for an error of its own.
PATIENCE = 1.0

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = b"\x1b[?25h"


class _Ending:
    """Ends this process, from whichever thread."""

    def __init__(self) -> None:
        from threading import RLock

        self.clean_up: list[Callable[[], object]] = []
        # Its owner may be interrupted by a second Ctrl-C; other threads wait here for the end.
        self._lock: RLock = RLock()
        # While compiled code is imported, what it writes to stderr is held back.
        self._stderr = os.dup(2)

    def now(self) -> None:
        with self._lock:
            try:
                for clean_up in self.clean_up:
                    clean_up()
                # A progress bar hides the cursor, and stays in its line.
                terminal = next((one for one in (1, self._stderr) if os.isatty(one)), None)
                if terminal is not None:
                    os.write(terminal, _SHOW_CURSOR + b"\n")
                os.write(self._stderr, f"error: {LINE}\n".encode())
            finally:
                os._exit(CODE)


_ending: _Ending | None = None


def end_at_signals() -> None:
    """From now on, SIGINT and SIGTERM end this process with a line and the code 130.

    For commands alone: whoever imports the package gets a ``KeyboardInterrupt``, as everywhere. A
    signal that is ignored, as in what a shell runs in the background, stays so. Outside of the main
    thread, where Python allows no handlers, this does nothing.
    """
    global _ending
    if _ending is not None:
        return
    _open_standard_streams()
    ending = _Ending()
    try:
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda *_: ending.now())
    except ValueError:
        return
    _ending = ending
    if sys.platform != "win32":
        _watch(ending)
        os.register_at_fork(
            before=_hold_signals,
            after_in_parent=_release_signals,
            after_in_child=_end_fork_as_usual,
        )


def clean_up_before(clean_up: Callable[[], object]) -> None:
    """Has a function called before signals end this process, if they do."""
    if _ending is not None and clean_up not in _ending.clean_up:
        _ending.clean_up.append(clean_up)


def _watch(ending: _Ending) -> None:
    """Ends the process from a thread where the main one does not: its handlers wait for Python."""
    import time
    from threading import Thread

    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def watch() -> None:
        while os.read(reading, 1)[0] not in _SIGNALS:
            pass
        time.sleep(PATIENCE)
        ending.now()

    Thread(target=watch, name="signals", daemon=True).start()


def _hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _end_fork_as_usual() -> None:
    """A signal to a fork is none to this process: files and pipe are not the fork's own."""
    signal.set_wakeup_fd(-1)
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    _release_signals()


def _open_standard_streams() -> None:
    """Gives 0, 1 and 2 to nothing where they are closed, or the next file opened would get them.

    What a library writes to stderr would go into that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
