"""How a command begins and ends: its arguments, what it prints, and the code it returns."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING

from ensemble.terminal import stopping

if TYPE_CHECKING:
    from ensemble.terminal.console import Console


def run_command(
    parser: argparse.ArgumentParser,
    work: Callable[[argparse.Namespace, Console], None],
    arguments: Sequence[str] | None,
) -> int:
    """Run `work` with arguments, by default those of the process, which signals then end.

    Returns 0 when it is done, 1 when it fails, 2 for a wrong config, 130 for Ctrl-C. Mistakes of
    the user and refusals of the machine are printed whole, without a traceback; other errors are
    ours, and keep it.
    """
    if arguments is None:
        begin_process()
    with checked_output():
        return _run(work, parser.parse_args(arguments))


def begin_process() -> None:
    """From now on this process is a command: signals end it, and it can print any name."""
    stopping.end_at_signals()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names of files hold what an encoding lacks
            stream.reconfigure(errors="backslashreplace")


def _run(work: Callable[[argparse.Namespace, Console], None], asked: argparse.Namespace) -> int:
    from backbones.errors import InputError
    from backbones.failure import describe_failure
    from backbones.files import remove_unfinished
    from ensemble.config.settings import ConfigError
    from ensemble.terminal.console import Console, fail

    stopping.clean_up_before(remove_unfinished)
    try:
        with Console() as console:
            work(asked, console)
    except ConfigError as error:
        fail(error)
        return 2
    except InputError as error:
        fail(error)
        return 1
    except KeyboardInterrupt:
        fail(stopping.LINE)
        return stopping.CODE
    except BrokenPipeError:
        raise  # for who prints
    except Exception as error:
        line = describe_failure(error)
        if line is None:
            raise
        fail(line)
        return 1
    return 0


@contextmanager
def checked_output() -> Iterator[None]:
    """Ends the process with 1 where its output takes no more of what the block prints.

    In silence where nobody reads it any more, as in ``| head``; else with a line. Python itself
    would tell of it in a traceback when it closes the output at its end.
    """
    try:
        yield
    except BrokenPipeError:
        _print_to_nowhere()
        raise SystemExit(1) from None
    finally:
        error = _flush()
        if error is not None:
            _print_to_nowhere()
            if not isinstance(error, BrokenPipeError):
                sys.stderr.write(f"error: what is printed: {error.strerror}\n")
            raise SystemExit(1)


def _flush() -> OSError | None:
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        return error
    return None


def _print_to_nowhere() -> None:
    """What is still to be printed goes nowhere; when Python ends, too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
