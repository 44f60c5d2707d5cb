"""New photos and fitted members go in; a table of predictions comes out."""

from ensemble.prediction.predictor import BLOCK, Predictor

__all__ = ["BLOCK", "Predictor"]
