from __future__ import annotations

import pytest

from backbones.errors import InputError
from ensemble.config.settings import ConfigError
from ensemble.terminal.command import run_command

ENDS = [
    (None, 0, ""),
    (InputError("a photo"), 1, "error: a photo"),
    (ConfigError("a key"), 2, "error: a key"),
    (KeyboardInterrupt(), 130, "error: stopped; what was computed is kept, and go on"),
]


@pytest.mark.parametrize(("error", "code", "message"), ENDS)
def test_each_end_has_a_code_and_a_line(
    error: BaseException | None, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(_: object) -> None:
        if error is not None:
            raise error

    assert run_command(work, "go on") == code
    assert capsys.readouterr().err.strip() == message


def test_our_own_faults_keep_their_traceback() -> None:
    def work(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_command(work, "go on")
