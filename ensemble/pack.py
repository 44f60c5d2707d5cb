"""Puts what predicts of a run into one file: ``python -m ensemble.pack RUN FILE``."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is imported: Ctrl-C may come at once
    from ensemble.terminal.stopping import end_at_signals

    end_at_signals()

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ensemble.run import Run
    from ensemble.terminal.console import Console

from backbones.home import expand_home
from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

EPILOG = """\
example:
  python -m ensemble.pack runs/demo demo.pack
  python -m ensemble.submit demo.pack --images new   anywhere, without a network

Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C or SIGTERM.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.pack",
        description="Write one file with the networks, heads, stack and config of a run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("run", type=expand_home, metavar="RUN", help="a run's folder")
    made.add_argument(
        "file",
        type=expand_home,
        metavar="FILE",
        help="the pack; a file that is no pack written before is not written over",
    )
    made.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="what differs on this machine, as backbones.NAME.model=PATH or cache_dir=DIR",
    )
    made.add_argument(
        "--force",
        action="store_true",
        help="write over a file that this program did not write, or that was changed since",
    )
    add_flags(made)
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _pack, arguments)


def _pack(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    from ensemble.run import open_run

    digest = pack_run(open_run(asked.run, asked.settings), asked.file, asked.force)
    size = asked.file.stat().st_size
    console.line(f"{asked.file}: {size / 1e6:.1f} MB, SHA-256 {digest}")
    return {"bytes": size, "sha256": digest, "paths": {"pack": asked.file}}


def pack_run(run: Run, file: Path, force: bool = False) -> str:
    """Write a run into one file that ``open_run`` takes; its SHA-256 (hex).

    Where OpenVINO is the engine of all of them, the networks lie in it as OpenVINO runs them, so
    that TensorFlow is not needed to open it.

    Raises
    ------
    InputError
        The run is of an older format, or makes other numbers here than at its fit; a file that is
        neither a pack of the run nor as it was written before lies at `file`, without `force`.
    """
    from backbones.engines import choose_engine
    from backbones.errors import InputError
    from backbones.features.forward_pass import convert_passes
    from ensemble import heads
    from ensemble.runs.pack import check_pack_place, write_pack
    from ensemble.runs.sample import sample_columns
    from ensemble.storage.outputs import Outputs

    if run.files.format == 1:
        raise InputError(
            f"{run.folder} is of format 1, which does not say all that opens its networks; run the "
            "fit again (what is cached is not computed again) and pack that"
        )
    outputs = Outputs(run.config.cache, force)
    check_pack_place(run.files, file, outputs)
    config, fitted = run.config, run.predictor.fitted
    networks: list[Path] = []
    if choose_engine(config.engine) == "openvino":
        passes = convert_passes(run.predictor.fitted.backbones, config.cache, config.engine)
        prepared = (
            heads.prepare(one, config.engine, config.cache) for one in fitted.folders.values()
        )
        if None not in passes:  # else Keras is needed where it is opened, and builds them all
            networks += [one for one in (*passes, *prepared) if one is not None]
    sample = sample_columns(config) if config.data.sample_submission is not None else []
    return write_pack(run.files, run.experiment.backbones, networks, sample, file, outputs)


if __name__ == "__main__":
    sys.exit(main())
