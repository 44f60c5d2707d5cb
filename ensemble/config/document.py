"""A YAML document: parsed within bounds, so that no file can exhaust time or memory."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.nodes import CollectionNode, Node

from backbones.errors import InputError

#: The longest text, in bytes (parsing as much takes seconds); most values, with those that aliases
#: and merge keys repeat; and how deep they may be nested.
SIZE, VALUES, DEPTH = 1 << 17, 100_000, 50


#: Brackets over brackets, which the parser would look at for seconds before it gives up.
_OPENED = re.compile(rf"(?:[\[{{]\s*){{{DEPTH + 1}}}")


class ConfigError(InputError):
    """Raised for an invalid config, or for an invalid setting on the command line."""


class _Bounded(SafeConstructor):
    """Builds plain values of a document, once what it unfolds to was counted."""

    def construct_document(self, node: Node) -> Any:
        _count(node, {}, 0)
        return super().construct_document(node)


def parse(text: bytes | str, source: str) -> Any:
    """Return the plain values of a YAML 1.2 document; `source` names it in messages.

    Raises
    ------
    ConfigError
        It is not YAML in UTF-8, asks for objects of Python, or exceeds SIZE, VALUES or DEPTH.
    """
    if len(text) > SIZE:
        raise ConfigError(
            f"{source} is no config: it is longer than {SIZE:,} bytes; is it another file?"
        )
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Bounded
    try:
        text = text if isinstance(text, str) else text.decode("utf-8-sig")
        if _OPENED.search(text):
            raise ConfigError(_too_deep())
        return yaml.load(text)
    except ConfigError as error:
        raise ConfigError(f"{source} {error}") from None
    except RecursionError:
        raise ConfigError(f"{source} {_too_deep()}") from None
    except Exception as error:  # values of a tag that do not suit it raise many kinds
        raise ConfigError(f"{source} is not YAML: {brief(error)}") from None


def brief(thing: Any, length: int = 300) -> str:
    """Return a value as code, or the message of an error, cut to a length that can be read.

    >>> brief(["a"] * 1000, 20)
    "['a', 'a', 'a', 'a',..."
    """
    text = str(thing) if isinstance(thing, Exception) else repr(thing)
    return text if len(text) <= length else f"{text[:length]}..."


def _count(node: Node, counts: dict[int, int], depth: int) -> int:
    """Return how many values a node stands for; each node is looked at once."""
    if depth > DEPTH:  # and one that holds itself is endless
        raise ConfigError(_too_deep())
    if id(node) not in counts:
        parts = node.value if isinstance(node, CollectionNode) else ()
        pairs = (part if isinstance(part, tuple) else (part,) for part in parts)
        counts[id(node)] = 1 + sum(_count(p, counts, depth + 1) for pair in pairs for p in pair)
        if counts[id(node)] > VALUES:
            raise ConfigError(
                f"unfolds to more than {VALUES:,} values where aliases (*name) repeat what an "
                "anchor (&name) marks; write out what is meant"
            )
    return counts[id(node)]


def _too_deep() -> str:
    return f"is nested deeper than {DEPTH} levels, or holds itself; write it flat"
