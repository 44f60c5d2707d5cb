"""A density over what a network saw goes in; cells of the photo, shares and points come out."""
