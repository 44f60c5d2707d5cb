"""The targets and the networks at hand go in; backbones and heads of a config come out."""
