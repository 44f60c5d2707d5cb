from sklearn.utils.estimator_checks import parametrize_with_checks
from ensemble.heads.svr import KernelSVR
@parametrize_with_checks([KernelSVR()])
def test_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)
