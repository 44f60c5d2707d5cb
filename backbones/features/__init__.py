"""Photos and backbones go in; features come out of a store that keeps them by digest."""
