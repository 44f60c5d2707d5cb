"""A finished run goes in; an HTML page and pictures of its results come out."""
