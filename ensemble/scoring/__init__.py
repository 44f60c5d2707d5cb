"""Predictions and targets go in; scores, a leaderboard and prediction intervals come out."""
