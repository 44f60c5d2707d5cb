"""Words behind a number; and that no message puts a plural behind a number that may be one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from backbones.plural import count, part

ROOT = Path(__file__).parents[2]

#: Words that messages count.
WORDS = "backbones|cells|features|files|fits|folders|groups|heads|members|networks|photos|rows"
WORDS += "|runs|targets|values"

COUNTED = re.compile(r"\b(len|sum|count_nonzero)\(|^(count|missing|wrong|left|total|number)$")
BEHIND = re.compile(rf" (\w+ )?({WORDS})\b")
LOGGED = re.compile(rf"%d (\w+ )?({WORDS})\b")


@pytest.mark.parametrize(
    ("number", "verb", "text"),
    [
        (0, "", "0 boxes"),
        (1, "", "1 box"),
        (1200, "", "1,200 boxes"),
        (1, "is", "1 box is"),
        (2, "is", "2 boxes are"),
        (2, "was", "2 boxes were"),
    ],
)
def test_a_word_is_in_the_singular_behind_one(number: int, verb: str, text: str) -> None:
    assert count(number, "box", verb) == text


@pytest.mark.parametrize(
    ("number", "total", "text"), [(1, 1, "1 of 1 row has"), (1, 9, "1 of 9 rows has")]
)
def test_of_a_part_the_verb_goes_with_the_part(number: int, total: int, text: str) -> None:
    assert part(number, total, "row", "has") == text
    assert part(0, total, "row", "has").endswith(" have")


def bare_plurals(source: str) -> Iterator[str]:
    """What a module says of a number without ``count``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for value, text in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant):
                    found = BEHIND.match(str(text.value))
                    if found and COUNTED.search(ast.unparse(value.value)):
                        yield f"line {text.lineno}: {found[0]}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"line {node.lineno}: {one[0]}" for one in LOGGED.finditer(node.value))


@pytest.mark.parametrize(
    "source",
    ['f"{len(x)} photos"', 'f"{len(x):,} labelled photos are"', 'log("%d of %d photos", 1, 1)'],
)
def test_a_bare_plural_is_found(source: str) -> None:
    assert len(list(bare_plurals(source))) == 1


def test_no_message_says_1_photos() -> None:
    modules = [path for room in ("backbones", "ensemble") for path in (ROOT / room).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): list(bare_plurals(path.read_text())) for path in modules}
    assert {path: lines for path, lines in found.items() if lines} == {}
