"""The runs of several targets go in; what a command does with all of them comes out."""
