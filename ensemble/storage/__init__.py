"""Storage: the cache folder to a list of what it holds, from when, and away with what is old."""
