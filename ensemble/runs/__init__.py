"""A fitted experiment goes in; a checked run directory and its submission file come out."""
