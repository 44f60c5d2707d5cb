"""How a command ends: what it prints and the code it returns."""

from __future__ import annotations

from collections.abc import Callable

from backbones.errors import InputError
from ensemble.config.settings import ConfigError
from ensemble.terminal.console import Console, fail


def run_command(work: Callable[[Console], None], way_on: str) -> int:
    """Run `work`; 0 when it is done, 1 when it fails, 2 for a wrong config, 130 for Ctrl-C.

    Mistakes of the user are printed whole, without a traceback; others are ours, and keep it.
    """
    try:
        with Console() as console:
            work(console)
    except ConfigError as error:
        fail(error)
        return 2
    except InputError as error:
        fail(error)
        return 1
    except KeyboardInterrupt:
        fail(f"stopped; what was computed is kept, and {way_on}")
        return 130
    return 0
