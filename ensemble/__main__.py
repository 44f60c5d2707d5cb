"""Every command by its verb: ``ensemble VERB``, or ``python -m ensemble VERB``."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is imported: Ctrl-C may come at once
    from ensemble.terminal.stopping import end_at_signals

    end_at_signals()

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any

from ensemble.version import add_version

#: Verb, which is also the module's name -> what it does.
VERBS = {
    "init": "write a config for a folder of photos",
    "fit": "train the ensemble of a config",
    "submit": "predict new photos with a run",
    "report": "write the page of a run again",
    "compare": "hold runs against each other",
    "pack": "put what predicts of a run into one file",
    "cache": "show what the cache keeps, and make room in it",
    "backbones": "list the networks of Keras, and bring their weights",
}

EPILOG = """\
commands:
{verbs}

example:
  ensemble fit configs/demo.yaml

ensemble VERB --help shows what a command takes; python -m ensemble.VERB is the same command.
"""


def parser() -> argparse.ArgumentParser:
    verbs = "\n".join(f"  {verb:<11}{purpose}" for verb, purpose in VERBS.items())
    made = argparse.ArgumentParser(
        prog="ensemble",
        usage="%(prog)s [-h] [--version] VERB ...",
        description="Turn photos into a number with a multi-backbone ensemble.",
        epilog=EPILOG.format(verbs=verbs),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("verb", nargs="?", metavar="VERB", help="a command of those below")
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the first argument names, with the others, and returns its code.

    Of the commands only that one is imported. Without any argument the help is printed.
    """
    from ensemble.terminal.command import begin_process, checked_output

    if arguments is None:
        begin_process()
    given = sys.argv[1:] if arguments is None else list(arguments)
    own = parser()
    with checked_output():
        verb = own.parse_args(given[:1]).verb
        if verb is None:
            own.print_help()
            return 0
    if verb not in VERBS:
        from backbones.section import nearest

        own.error(f"there is no command {verb!r}; {nearest(verb, VERBS)}")
    code: int = module_of(verb).main(given[1:])
    return code


def module_of(verb: str) -> Any:
    """The module of a command, or the one within its room: ``main(arguments) -> int``."""
    module = importlib.import_module(f"ensemble.{verb}")
    if hasattr(module, "main"):
        return module
    return importlib.import_module(f"{module.__name__}.__main__")


if __name__ == "__main__":
    sys.exit(main())
