from __future__ import annotations

import pytest

from ensemble.photos.numbers import hint

THOUSANDS = "; thousands have to stand without a sign"
COMMA = "; where ',' is the decimal sign, set data.decimal: ','"
POINT = "; where '.' is the decimal sign, set data.decimal: '.'"
BLANK = "; delete blanks other than the usual one, as U+00A0"
MINUS = "; write '-' instead of U+2212, another dash"


def unit(unit: str, text: str) -> str:
    return f"; numbers stand without a unit, as {unit!r} in {text!r}"


@pytest.mark.parametrize(
    ("text", "decimal", "advice"),
    [
        ("1,5", ".", COMMA),
        ("1.5", ",", POINT),
        ("1,234", ".", COMMA + THOUSANDS),
        ("1.250,50", ".", COMMA + THOUSANDS),
        ("1.250,50", ",", THOUSANDS),
        ("-1,250.50", ".", THOUSANDS),
        ("1,250.50", ",", POINT + THOUSANDS),
        ("1.250.300", ".", THOUSANDS),
        ("1,250,300", ".", THOUSANDS),
        ("1 250", ".", THOUSANDS),
        ("1'250,5", ".", COMMA + THOUSANDS),
        ("1\u00a0250,5", ",", THOUSANDS + BLANK),
        ("1.250 km", ".", THOUSANDS + unit("km", "1.250 km")),
        ("10%", ".", unit("%", "10%")),
        ("$10", ".", unit("$", "$10")),
        ("-$10", ".", unit("$", "-$10")),
        ("1.250,50 \u20ac", ",", THOUSANDS + unit("\u20ac", "1.250,50 \u20ac")),
        ("EUR 5,5", ".", COMMA + unit("EUR", "EUR 5,5")),
        ("5 kg", ".", unit("kg", "5 kg")),
        ("20\u00b0", ".", unit("\u00b0", "20\u00b0")),
        ("\u22125", ".", MINUS),
        ("\u20135", ".", "; write '-' instead of U+2013, another dash"),
        ("1\u00a0", ".", BLANK),
        ("\u00a05", ".", BLANK),
        ("5\u200b", ".", "; delete blanks other than the usual one, as U+200B"),
    ],
)
def test_what_makes_a_number_of_a_text_is_named(text: str, decimal: str, advice: str) -> None:
    assert hint([text], decimal) == advice


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "many",
            "nan",
            "inf",
            "0x10",
            "1_000",
            "1e400",
            "1.5.2",
            "1,25,3",
            "--1",
            "5-",
            "(5)",
        ),
        *("1-2", "5;6", "a\u00a0b", "\u2212", "$", "img_5.png", "1 2", "0,123,4", "5 apples or 6"),
    ],
)
def test_of_other_texts_nothing_is_said(text: str) -> None:
    assert hint([text], ".") == ""


def test_all_kinds_of_advice_are_given_once() -> None:
    texts = ["5\u00a0", "many", "\u22121", "7%", "8 kg", "1.234,5", "\u22122", "6,5"]
    assert hint(texts, ".") == COMMA + THOUSANDS + unit("%", "7%") + MINUS + BLANK
