"""Saved networks, ``.keras``, in KERAS_HOME or where the user says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backbones.errors import InputError
from backbones.networks.anatomy import Anatomy, inspect_saved
from backbones.networks.backbone import resolve
from backbones.networks.spec import BackboneSpec
from backbones.plural import count
from ensemble.proposal.members.network import Network

#: Networks that are taken from KERAS_HOME unasked, of each kind: each is a pass over all photos.
_UNASKED = 2

#: Files of KERAS_HOME that are looked at, a second each.
_LOOKED_AT = 8

#: Pixels a side of a saved network that takes any size.
_SIZE = [224, 224]

#: Letters of a name; those of four networks make that of a head on all of them.
_LETTERS = 32

#: In place of what the user has to say.
_UNKNOWN = "?"

_QUESTION = (
    "Its file does not say how photos are scaled for it: write tf, caffe, torch or none for the ?, "
    "and take the # from the lines below"
)


@dataclass(frozen=True)
class Saved:
    """The saved networks that were found."""

    usable: tuple[Network, ...] = ()  #: the largest last
    asking: tuple[Network, ...] = ()  #: those of which something is not known
    left_out: tuple[str, ...] = ()  #: lines: the others, and why


def find_saved(named: Path | None, cache: Path) -> Saved:
    """The saved networks that can be backbones, and why others cannot.

    Parameters
    ----------
    named : Path or None
        A network, or a folder of them, all of which are wanted; by default KERAS_HOME, of which
        the largest are.

    Raises
    ------
    InputError
        There is no ``.keras`` file where the user said, or none of them can be a backbone.
    """
    files = network_files(named)
    usable: list[Network] = []
    asking: list[Network] = []
    left_out: list[str] = []
    for number, file in enumerate(files):
        if named is None and number == _LOOKED_AT:
            smaller = count(len(files) - number, "smaller network")
            left_out.append(f"not looked at: {smaller} of {_home()}")
            break
        try:
            network = _network(file, inspect_saved(file))
            if not network.question:
                _resolve(network, cache)
        except InputError as error:
            text = " ".join(str(error).split())[:300]
            named_so = text.startswith(str(file))
            left_out.append(f"left out: {text if named_so else f'{file}: {text}'}")
            continue
        kept = asking if network.question else usable
        if named is None and len(kept) == _UNASKED:
            left_out.append(f"{file} is left out: larger ones are there; --networks takes it")
        else:
            kept.append(network)
    if named is not None and not usable and not asking:
        raise InputError(f"{named}: no network there can be a backbone:", left_out)
    return Saved(tuple(reversed(usable)), tuple(asking), tuple(left_out))


def network_files(named: Path | None) -> list[Path]:
    """The files to look at, the largest first, as their networks mostly see most.

    Raises
    ------
    InputError
        There is none where the user said.
    """
    if named is not None and not named.exists():
        raise InputError(f"{named} is not there; name a .keras file, or a folder of them")
    if named is not None and named.is_file():
        if named.suffix != ".keras":
            raise InputError(f"{named} is no .keras file; save the network as one, with Keras")
        return [named]
    files = [one for one in (named or _home()).glob("*.keras") if one.is_file()]
    if named is not None and not files:
        raise InputError(f"{named} holds no .keras file; name a folder of saved networks, or one")
    return sorted(files, key=lambda file: (-file.stat().st_size, file.name))


def _home() -> Path:
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()


def _network(file: Path, anatomy: Anatomy) -> Network:
    name = "".join(one if one.isascii() and one.isalnum() else "_" for one in file.stem)
    size: dict[str, Any] = {} if anatomy.size else {"image_size": _SIZE}
    scaling = "none" if anatomy.scales else _UNKNOWN
    return Network(
        name.strip("_")[:_LETTERS].strip("_") or "saved",
        {"model": str(file.resolve()), "preprocessing": scaling, **size},
        anatomy.maps,
        "a saved network, which scales pixels itself" if anatomy.scales else "",
        anatomy.layers,
        anatomy.size is None,
        "" if anatomy.scales else _QUESTION,
    )


def _resolve(network: Network, cache: Path) -> None:
    """Refuse what a fit would refuse."""
    entry = {"name": network.name, **network.source, "layers": network.layers}
    resolve([BackboneSpec.model_validate(entry)], cache)
