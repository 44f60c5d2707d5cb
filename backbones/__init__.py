"""Frozen image networks: photos go in, features come out, computed once per photo."""
