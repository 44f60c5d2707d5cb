"""Drawn counts and predictions whose errors grow with the count."""

from __future__ import annotations

import numpy as np


def counts(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and targets (n,): whole numbers from 1, most of them small."""
    draw = np.random.default_rng(seed)
    mean = 1 + draw.gamma(1.5, 2.5, n)
    target = 1.0 + draw.poisson(mean - 1)
    return np.maximum(1.0, mean + draw.normal(0, 0.3, n) * np.sqrt(mean)), target
