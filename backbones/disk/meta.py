"""The head of an LMDB file: what it says of its pages and trees.

The layout is that of ``mdb.c`` of LMDB 0.9 (``MDB_meta``, ``MDB_db``;
https://git.openldap.org/openldap/openldap/-/blob/LMDB_0.9.31/libraries/liblmdb/mdb.c), data version
1, on 64-bit little-endian machines.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

_META = 0x08  # flag of a page
_INTEGER_KEYS = 0x08  # flag of a tree
_MAGIC, _VERSION = 0xBEEFC0DE, 1
#: Of a page: number, padding, flags, lower and upper end of its free space.
PAGE = struct.Struct("<QHHHH")
#: Of a tree: padding, flags, depth, pages of each kind (branch, leaf, overflow), entries, root.
TREE = struct.Struct("<IHHQQQQQ")
#: Of a head: magic, version, address, size of the map; two trees; last page, transaction.
_FIRST = struct.Struct("<IIQQ")
_LAST = struct.Struct("<QQ")
METAS = 2
#: No file of ours is mapped so large.
_LARGEST_MAP = 1 << 46


class Unsound(Exception):  # noqa: N818 - it says how a file is
    """The file is not as LMDB leaves it; the message says what is wrong, for a person."""


class Overtaken(Exception):  # noqa: N818 - it says how a look at a file went
    """Other processes have changed the file while it was looked at: look again."""


@dataclass(frozen=True)
class Tree:
    """What a file says of one of its trees."""

    flags: int
    depth: int
    branches: int
    leaves: int
    overflow: int
    entries: int
    root: int

    @classmethod
    def read(cls, record: bytes) -> Tree:
        return cls(*TREE.unpack(record)[1:])


@dataclass(frozen=True)
class Meta:
    """The head of a file as one transaction has left it."""

    page_size: int
    map_size: int
    free: Tree
    main: Tree
    last_page: int
    transaction: int


def read_metas(file: int) -> list[Meta]:
    """The two heads of an open file; none where it is empty, as LMDB then makes it anew.

    Raises
    ------
    Unsound
        It has no two sound heads.
    """
    size = os.fstat(file).st_size
    if size == 0:
        return []
    first = os.pread(file, 4096, 0)
    if len(first) < PAGE.size + _FIRST.size + 2 * TREE.size + _LAST.size:
        raise Unsound(f"it has {size} bytes")
    (page_size,) = struct.unpack_from("<I", first, PAGE.size + _FIRST.size)
    if page_size not in {1 << power for power in range(9, 17)} or size < METAS * page_size:
        raise Unsound(f"it has {size} bytes, and pages of {page_size}")
    metas = [_meta(os.pread(file, page_size, n * page_size), n) for n in range(METAS)]
    if any(meta.page_size != page_size for meta in metas):
        raise Unsound("its heads state different sizes of pages")
    return metas


def _meta(page: bytes, number: int) -> Meta:
    found, _, flags, _, _ = PAGE.unpack_from(page)
    magic, version, _, map_size = _FIRST.unpack_from(page, PAGE.size)
    at = PAGE.size + _FIRST.size
    page_size = TREE.unpack_from(page, at)[0]
    free, main = (Tree.read(page[at + n * TREE.size :][: TREE.size]) for n in range(2))
    last_page, transaction = _LAST.unpack_from(page, at + 2 * TREE.size)
    if (found, flags, magic, version) != (number, _META, _MAGIC, _VERSION):
        raise Unsound(f"its head {number} is damaged")
    sound = map_size <= _LARGEST_MAP and METAS - 1 <= last_page < map_size // page_size
    sound &= (free.flags, main.flags) == (_INTEGER_KEYS, 0)
    sound &= transaction == 0 or transaction % METAS == number
    if not sound:
        raise Unsound(f"its head {number} is damaged")
    return Meta(page_size, map_size, free, main, last_page, transaction)
