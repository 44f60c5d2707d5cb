"""A backbone's config entry goes in; a checked backbone and its Keras network come out."""
