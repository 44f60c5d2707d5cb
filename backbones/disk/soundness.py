"""LMDB files checked before they are mapped: reading a damaged one can end in a signal.

LMDB trusts its file: it follows page numbers and offsets wherever they lead. Here every page of
its trees is looked at, and of rows that lie in pages of their own the head alone: a second or two
of 100,000 rows, once a process.
The layout is that of ``mdb.c`` (``MDB_page``, ``MDB_node``); see ``backbones.disk.meta``.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from backbones.disk.meta import METAS, PAGE, TREE, Meta, Overtaken, Tree, Unsound, read_metas

_BRANCH, _LEAF, _OVERFLOW = 0x01, 0x02, 0x04  # flags of pages
_BIG, _SUBTREE = 0x01, 0x02  # flags of nodes
_NONE = 2**64 - 1  # the root of an empty tree
_DEEPEST = 32  # CURSOR_STACK
_NODE = struct.Struct("<HHHH")  # size (low, high) and flags, or page number; size of the key


def check_snapshot(file: int, transaction: int) -> None:
    """Look at every page of the trees that a transaction has left in an open file.

    A reader must hold the transaction open meanwhile, or its pages may be written over.

    Raises
    ------
    Unsound
        A page, or what one says of another, is not as it must be.
    Overtaken
        The head of this transaction was written over by now: begin another one.
    """
    metas = [meta for meta in read_metas(file) if meta.transaction == transaction]
    if not metas:
        raise Overtaken
    _Walk(file, metas[0]).check()


@dataclass(frozen=True)
class _Node:
    key: bytes
    flags: int
    size: int  #: of its data
    data: bytes  #: what of it lies in the page


class _Walk:
    """One way through all trees; every page is met once."""

    def __init__(self, file: int, meta: Meta) -> None:
        self._file = file
        self._meta = meta
        self._pages = min(os.fstat(file).st_size // meta.page_size, meta.last_page + 1)
        self._met = bytearray(self._pages)
        self._met[:METAS] = b"\1" * METAS

    def check(self) -> None:
        named: list[Tree] = []
        self._check_tree(self._meta.main, lambda node: self._take_row(node, named))
        for tree in named:
            if tree.flags:
                raise Unsound("the record of a named tree is damaged")
            self._check_tree(tree, lambda node: self._take_row(node, None))
        beyond: set[int] = set()
        self._check_tree(self._meta.free, lambda node: self._take_free(node, beyond))

    def _check_tree(self, tree: Tree, take: Callable[[_Node], int]) -> None:
        """Every page of a tree; `take` looks at a node and gives its pages outside of it."""
        if tree.root == _NONE:
            counted = (0, 0, 0, 0)
        elif not 0 < tree.depth <= _DEEPEST:
            raise Unsound(f"a tree of depth {tree.depth}")
        else:
            as_key = _as_number if tree is self._meta.free else bytes
            counted = self._check_page(tree, tree.root, 1, None, None, take, as_key)
        if counted != (tree.branches, tree.leaves, tree.overflow, tree.entries):
            raise Unsound("a tree has other pages or entries than its record says")

    def _check_page(
        self,
        tree: Tree,
        number: int,
        depth: int,
        least: bytes | None,
        below: bytes | None,
        take: Callable[[_Node], int],
        as_key: Callable[[bytes], bytes],
    ) -> tuple[int, int, int, int]:
        """Counts of branches, leaves, pages of overflow and entries from this page downwards.

        Its keys lie from `least` on and `below` the other; None: no bound.
        """
        is_leaf = depth == tree.depth
        nodes = self._nodes(number, is_leaf)
        keys = [as_key(node.key) for node in nodes if is_leaf or node is not nodes[0]]
        if not _in_order(keys, least, below):
            raise Unsound(f"page {number} has keys out of order")
        if is_leaf:
            return 0, 1, sum(map(take, nodes)), len(nodes)
        if len(nodes) == 1 and tree is not self._meta.free:  # LMDB aborts
            raise Unsound(f"page {number} has a single branch")
        total = (1, 0, 0, 0)
        bounds = [least, *keys, below]
        for node, (start, end) in zip(nodes, pairwise(bounds), strict=True):
            child = node.size | node.flags << 32
            part = self._check_page(tree, child, depth + 1, start, end, take, as_key)
            total = tuple(a + b for a, b in zip(total, part, strict=True))  # type: ignore[assignment]
        return total

    def _nodes(self, number: int, is_leaf: bool) -> list[_Node]:
        self._meet(number, 1)
        page = self._read(number, 1)
        found, _, flags, lower, upper = PAGE.unpack_from(page)
        size = self._meta.page_size
        kind = _LEAF if is_leaf else _BRANCH
        if (
            (found, flags) != (number, kind)
            or lower % 2
            or not (PAGE.size < lower <= upper <= size)
        ):
            raise Unsound(f"page {number} is damaged")
        count = (lower - PAGE.size) // 2
        nodes, spans = [], []
        for at in struct.unpack_from(f"<{count}H", page, PAGE.size):
            if at < upper or at + _NODE.size > size or at % 2:
                raise Unsound(f"page {number} is damaged")
            low, high, node_flags, key_size = _NODE.unpack_from(page, at)
            data_size = low | high << 16
            start = at + _NODE.size + key_size
            kept = 0 if not is_leaf else 8 if node_flags & _BIG else data_size
            spans.append((at, start + kept))
            nodes.append(
                _Node(page[at + 8 : start], node_flags, data_size, page[start : start + kept])
            )
        spans.sort()
        ends = [*(start for start, _ in spans[1:]), size]
        if any(end > limit for (_, end), limit in zip(spans, ends, strict=True)):
            raise Unsound(f"page {number} has entries that overlap")
        return nodes

    def _take_row(self, node: _Node, named: list[Tree] | None) -> int:
        if node.flags == _SUBTREE and named is not None and node.size == TREE.size:
            named.append(Tree.read(node.data))
            return 0
        return self._overflow(node)[1]

    def _take_free(self, node: _Node, beyond: set[int]) -> int:
        """Pages of a free list, which are those of no tree and of no other list."""
        first, pages = self._overflow(node)
        data = node.data if not pages else self._read(first, pages)[PAGE.size :][: node.size]
        if len(data) < 8 or int.from_bytes(node.key, "little") > self._meta.transaction:
            raise Unsound("the list of free pages is damaged")
        (count,) = struct.unpack_from("<Q", data)
        if count > len(data) // 8 - 1:
            raise Unsound("the list of free pages is damaged")
        free: Sequence[int] = struct.unpack_from(f"<{count}Q", data, 8)
        if any(a <= b for a, b in pairwise(free)):
            raise Unsound("the list of free pages is damaged")
        for page in free:
            if page < self._pages:
                self._meet(page, 1)
            elif page > self._meta.last_page or page in beyond:
                raise Unsound("the list of free pages is damaged")
            else:  # LMDB has not written it yet
                beyond.add(page)
        return pages

    def _overflow(self, node: _Node) -> tuple[int, int]:
        """The first page and the number of those that hold the data of a node; 0 of none."""
        if node.flags == 0:
            return 0, 0
        if node.flags != _BIG:
            raise Unsound("an entry is damaged")
        first = int.from_bytes(node.data, "little")
        needed = (PAGE.size - 1 + node.size) // self._meta.page_size + 1
        if not METAS <= first < self._pages:
            raise Unsound(f"an entry leads to page {first}, which the file does not have")
        header = os.pread(self._file, PAGE.size, first * self._meta.page_size)
        found, _, flags, low, high = PAGE.unpack(header)
        pages = low | high << 16
        if (found, flags) != (first, _OVERFLOW) or pages < needed:
            raise Unsound(f"page {first} is damaged")
        self._meet(first, pages)
        return first, pages

    def _meet(self, first: int, pages: int) -> None:
        if not METAS <= first <= first + pages <= self._pages:
            raise Unsound(f"a page leads to page {first}, which the file does not have")
        if self._met.find(1, first, first + pages) >= 0:
            raise Unsound(f"page {first} is used twice")
        self._met[first : first + pages] = b"\1" * pages

    def _read(self, number: int, pages: int) -> bytes:
        size = self._meta.page_size
        page = os.pread(self._file, pages * size, number * size)
        if len(page) < pages * size:
            raise Unsound(f"the file ends within page {number}")
        return page


def _in_order(keys: Sequence[bytes], least: bytes | None, below: bytes | None) -> bool:
    """Whether keys rise, from `least` on and `below` the other; None: no bound."""
    if not keys:
        return True
    within = (least is None or least <= keys[0]) and (below is None or keys[-1] < below)
    return within and all(a < b for a, b in pairwise(keys))


def _as_number(key: bytes) -> bytes:
    """Keys of the free list are numbers; big-endian they are in order as bytes."""
    if len(key) != 8:
        raise Unsound("the list of free pages is damaged")
    return key[::-1]
