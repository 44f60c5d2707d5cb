"""Lists the networks that can be backbones: ``python -m ensemble.backbones``."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is imported: Ctrl-C may come at once
    from ensemble.terminal.stopping import end_at_signals

    end_at_signals()

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ensemble.terminal.flags import add_flags
from ensemble.version import add_version

if TYPE_CHECKING:
    import pandas as pd

    from backbones.networks.download import Download
    from backbones.networks.published import Published
    from ensemble.terminal.console import Console

EPILOG = """\
examples:
  python -m ensemble.backbones                               all, with what each costs
  python -m ensemble.backbones --fetch MobileNetV2 VGG16     bring weights for later

A config names one as application: MobileNetV2. Weights go to models/ of KERAS_HOME (~/.keras), from
where that folder can be carried to a machine without internet; those that are there are checked.
Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C or SIGTERM.
"""

_HEADER = ("network", "input", "parameters", "features", "top-1, %", "weights")

_NOTES = """\
parameters: without the classifier; features: with pooling avg
top-1: of the whole network on ImageNet, by https://keras.io/api/applications
weights: those of ImageNet; --fetch NAME ... brings them to where Keras looks,
{folder}"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m ensemble.backbones",
        description="List the networks of keras.applications, and bring their weights.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--fetch",
        nargs="+",
        metavar="NAME",
        help="bring the imagenet weights of these networks, or check those that are there",
    )
    add_flags(made)
    add_version(made)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    from ensemble.terminal.command import run_command

    return run_command(parser(), _backbones, arguments)


def list_backbones() -> pd.DataFrame:
    """Return the networks of keras.applications, which an ``application`` may name.

    Returns
    -------
    pandas.DataFrame of shape (networks, 7)
        ``name``; ``side``, of the square photos that it was trained on, in pixels; ``parameters``,
        of the network without its classifier; ``features``, the length of a row with ``pooling:
        avg``; ``top1``, the share of ImageNet's validation photos whose class the whole network
        names first, in per cent, as https://keras.io/api/applications states it (missing where it
        does not); ``weights``, the path of the imagenet weights; ``at_hand``, whether they are
        there.

    Examples
    --------
    >>> from ensemble import list_backbones
    >>> networks = list_backbones().set_index("name")
    >>> networks.loc["MobileNetV2", ["side", "features"]].tolist()
    [224, 1280]
    >>> networks[networks["parameters"] < 3e6].index.tolist()
    ['MobileNetV2', 'MobileNetV3Large', 'MobileNetV3Small']
    """
    import pandas as pd

    from backbones.networks.published import published

    rows = [
        {
            "name": one.name,
            "side": one.side,
            "parameters": one.parameters,
            "features": one.features,
            "top1": one.top1,
            "weights": str(one.path),
            "at_hand": one.is_at_hand,
        }
        for one in published().values()
    ]
    return pd.DataFrame(rows)


def _backbones(asked: argparse.Namespace, console: Console) -> Mapping[str, Any]:
    if asked.fetch is None:
        _show(console)
    else:
        _fetch(_chosen(asked.fetch), console)
    if not asked.json:  # or the listing would wait for pandas
        return {}
    table = list_backbones()
    shown = table if asked.fetch is None else table[table["name"].isin(asked.fetch)]
    return {"networks": shown.to_dict("records")}


def _show(console: Console) -> None:
    from backbones.networks.download import weights_path
    from backbones.networks.published import published

    networks = published().values()
    emphasis = ["strong" if one.is_at_hand else "" for one in networks]
    console.table(_HEADER, [_row(one) for one in networks], emphasis)
    for line in _NOTES.format(folder=weights_path("").parent / "models").splitlines():
        console.line(line)


def _row(one: Published) -> tuple[str, ...]:
    return (
        one.name,
        f"{one.side} x {one.side}",
        f"{one.parameters / 1e6:.1f} M",
        f"{one.features:,}",
        "" if one.top1 is None else f"{one.top1:.1f}",
        "at hand" if one.is_at_hand else "",
    )


def _chosen(names: Sequence[str]) -> list[Published]:
    """The networks of these names, each once.

    Raises
    ------
    InputError
        All names that are none.
    """
    from backbones.errors import InputError
    from backbones.networks.published import published

    networks = published()
    unknown = [
        f"--fetch: Keras has no network {name!r}; {_hint(name, networks)}"
        for name in dict.fromkeys(names)
        if name not in networks
    ]
    if len(unknown) == 1:
        raise InputError(unknown[0])
    if unknown:
        raise InputError(f"{len(unknown)} names are unknown:", unknown)
    return [networks[name] for name in dict.fromkeys(names)]


def _hint(name: str, networks: Iterable[str]) -> str:
    from backbones.section import nearest

    hint = nearest(name, networks)
    return hint if hint.startswith("did you mean") else "python -m ensemble.backbones lists all"


def _fetch(networks: Sequence[Published], console: Console) -> None:
    """Bring the weights of each network; one that fails does not keep the others.

    Raises
    ------
    InputError
        All that failed, each in a line.
    """
    from backbones.errors import InputError
    from backbones.networks.download import bring
    from backbones.plural import part

    failed = []
    for one, download in zip(networks, _downloads(networks, console), strict=True):
        done = "at hand in" if download.path.is_file() else "fetched to"
        try:
            bring(download, console, one.name)
        except InputError as error:
            failed.append(f"{one.name}: {error}")
        else:
            console.line(f"{one.name}: {done} {download.path}")
    if len(networks) == 1 and failed:
        raise InputError(failed[0])
    if failed:
        raise InputError(
            f"{part(len(failed), len(networks), 'network', 'has')} no weights:", failed
        )


def _downloads(networks: Sequence[Published], console: Console) -> list[Download]:
    """The files as the installed Keras would fetch them."""
    from backbones.networks.spec import BackboneSpec
    from backbones.networks.weights import imagenet_download

    found = []
    with console.stage("asking Keras where they are", len(networks), "network") as advance:
        for one in networks:
            spec = BackboneSpec(name=one.name, application=one.name)
            found.append(imagenet_download(spec, (one.side, one.side)))
            advance(1)
    return found


if __name__ == "__main__":
    sys.exit(main())
