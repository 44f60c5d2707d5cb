"""How a command begins and ends: its arguments, what it prints, and the code it returns."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

from ensemble.terminal import stopping
from ensemble.terminal.answer import Answer

if TYPE_CHECKING:
    from ensemble.terminal.console import Console

    Work = Callable[[argparse.Namespace, Console], Mapping[str, Any] | None]

#: The exit code of wrong arguments, as ``argparse`` has it.
USAGE = 2


@dataclass(frozen=True)
class Flags:
    """What is printed; see ``ensemble.terminal.flags``."""

    quiet: bool = False  #: warnings and errors alone
    json: bool = False  #: one object on the standard output; all else goes to the standard error
    debug: bool = False  #: where in the program an error came from

    @classmethod
    def of(cls, asked: argparse.Namespace) -> Flags:
        """Those of the arguments of a command; none where its parser has no such flags."""
        return cls(*(getattr(asked, name, False) for name in ("quiet", "json", "debug")))


def run_command(
    parser: argparse.ArgumentParser,
    work: Work,
    arguments: Sequence[str] | None,
) -> int:
    """Run `work` with arguments, by default those of the process, which signals then end.

    Returns 0 when it is done, 1 when it fails, 2 for a wrong config, 130 for Ctrl-C. Mistakes of
    the user and refusals of the machine are printed whole, without a traceback but with
    ``--debug``; other errors are ours, and keep it. The flags are those of ``add_flags``; what
    `work` returns is printed with ``--json``.
    """
    if arguments is None:
        begin_process()
    with checked_output():
        return _run(work, _parse(parser, arguments))


def begin_process() -> None:
    """From now on this process is a command: signals end it, and it can print any name."""
    stopping.end_at_signals()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names of files hold what an encoding lacks
            stream.reconfigure(errors="backslashreplace")


def _parse(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments; a mistake in them ends the process, with --json after telling of it there."""
    given = sys.argv[1:] if arguments is None else arguments
    if "--json" not in given:
        return parser.parse_args(arguments)
    said = StringIO()
    try:
        with redirect_stderr(said):
            return parser.parse_args(arguments)
    except SystemExit as end:
        sys.stderr.write(said.getvalue())
        if end.code == USAGE:
            Answer().failed(USAGE, said.getvalue().partition(": error: ")[2].strip())
        raise


def _run(work: Work, asked: argparse.Namespace) -> int:
    from backbones.files import remove_unfinished
    from ensemble.terminal.console import Console, fail

    flags = Flags.of(asked)
    stopping.clean_up_before(remove_unfinished)
    console = Console(sys.stderr if flags.json else sys.stdout, flags.quiet)
    answer = Answer(console.warnings)
    if flags.json:
        stopping.clean_up_before(answer.stopped)
    try:
        with console, _prints_of_others(flags):
            content = work(asked, console)
    except BrokenPipeError:
        raise  # for who prints
    except (KeyboardInterrupt, Exception) as error:
        end = _end(error)
        if flags.json:
            answer.failed(*(end or (1, f"{type(error).__name__}: {error}")))
        if end is None:
            raise
        if flags.debug:
            _print_traceback(error)
        fail(end[1])
        return end[0]
    if flags.json:
        answer.done(content or {})
    return 0


def _end(error: BaseException) -> tuple[int, str] | None:
    """The code and the line that an error ends a command with; None for one that is ours."""
    from backbones.errors import InputError
    from backbones.failure import describe_failure
    from ensemble.config.settings import ConfigError

    if isinstance(error, KeyboardInterrupt):
        return stopping.CODE, stopping.LINE
    if isinstance(error, InputError):
        return (2 if isinstance(error, ConfigError) else 1), str(error)
    line = describe_failure(error)
    return None if line is None else (1, line)


def _print_traceback(error: BaseException) -> None:
    """All of it, with the errors that it was made of: messages leave them out."""
    one: BaseException | None = error
    while one is not None:
        one.__suppress_context__ = False
        one = one.__cause__ or one.__context__
    traceback.print_exception(error)


@contextmanager
def _prints_of_others(flags: Flags) -> Iterator[None]:
    """What libraries print in this block (of downloads) goes where no flag forbids it."""
    if flags.json and not flags.quiet:
        with redirect_stdout(sys.stderr):
            yield
    elif flags.quiet:
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            yield
    else:
        yield


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
