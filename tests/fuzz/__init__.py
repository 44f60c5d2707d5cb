"""Readers fed with whatever reaches another line of their code: ``pytest -m slow tests/fuzz``."""
