"""Exports of annotation tools come in; the places of objects, in pixels of upright photos, go out.

A reader a format says what its file has, in the file's own frame; names, classes and frames are
looked at once, for all of them.
"""
