"""Damage to files: flipped bytes, cuts, and pages of zeros."""

from __future__ import annotations

import random
from pathlib import Path


def flip(path: Path, draw: random.Random) -> None:
    """Change one bit to eight of one byte."""
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= draw.randrange(1, 256)
    path.write_bytes(content)


def cut(path: Path, draw: random.Random) -> None:
    """Leave some of a file, or nothing."""
    content = path.read_bytes()
    path.write_bytes(content[: draw.randrange(len(content))])


def blank(path: Path, draw: random.Random) -> None:
    """Put zeros in the place of 4096 bytes."""
    content = bytearray(path.read_bytes())
    pages = range(0, len(content), 4096)
    filled = [at for at in pages if any(content[at : at + 4096])]
    start = draw.choice(filled)
    content[start : start + 4096] = bytes(len(content[start : start + 4096]))
    path.write_bytes(content)


def flip_in_trees(path: Path, draw: random.Random) -> None:
    """Change a byte in a page of an LMDB file by which others are found."""
    content = bytearray(path.read_bytes())
    pages = range(0, len(content), 4096)
    page = draw.choice([at for at in pages if at < 2 * 4096 or content[at + 10] in (1, 2)])
    content[page + draw.randrange(draw.choice([160, 4096]))] ^= draw.randrange(1, 256)
    path.write_bytes(content)


def damage(path: Path, draw: random.Random) -> None:
    """Flip, cut or blank; an LMDB file mostly where it hurts."""
    ways = [flip, flip, cut, blank]
    if path.suffix == ".mdb":
        ways += [flip_in_trees] * 4
    draw.choice(ways)(path, draw)
