"""Photo files go in; their digests and decoded RGB pixels come out."""
