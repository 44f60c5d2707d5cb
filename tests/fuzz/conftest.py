"""Without atheris, fuzzers cannot be imported, as pytest does in search of doctests."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("atheris") else ["fuzzer.py", "photos.py", "runs.py", "tables.py"]
