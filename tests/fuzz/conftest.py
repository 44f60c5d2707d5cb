"""What doctests must not import: the fuzzers make other code of all that is imported after them."""

from __future__ import annotations

collect_ignore = ["fuzzer.py", "photos.py", "runs.py", "tables.py"]
