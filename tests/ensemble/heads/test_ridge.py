from sklearn.utils.estimator_checks import parametrize_with_checks
from ensemble.heads.ridge import RidgeLOO
@parametrize_with_checks([RidgeLOO()])
def test_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)
