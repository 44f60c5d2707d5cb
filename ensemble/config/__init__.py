"""A YAML config file goes in; a validated experiment and its members come out."""
