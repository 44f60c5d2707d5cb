"""Members, features and folds go in; out-of-fold predictions and a fitted stack come out."""
