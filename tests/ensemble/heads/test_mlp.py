"""Tests of ensemble.heads.mlp."""

from __future__ import annotations

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from ensemble.heads.mlp import MLP


@pytest.mark.slow
@parametrize_with_checks([MLP(layers=(16,), optimizer="adam", learning_rate=0.01, epochs=20)])
def test_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)
