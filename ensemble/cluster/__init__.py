"""Fits go to a Ray cluster, their files come back; extraction is in ``backbones.cluster``."""
