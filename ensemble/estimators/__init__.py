"""scikit-learn's doors: paths of photos in, features or predictions out."""
