"""How tables are written."""

from __future__ import annotations

from typing import Literal, NamedTuple


class TableFormat(NamedTuple):
    """How tables are written."""

    separator: str = ","
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"


#: As this program writes them, too.
COMMAS = TableFormat()
