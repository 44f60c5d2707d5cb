"""Photos to features: frozen networks, run once a photo."""
