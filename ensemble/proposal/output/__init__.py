"""The entries of a config and their reasons go in; its text comes out, and files that are there."""
