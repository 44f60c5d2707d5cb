"""Command-line arguments and progress go in; printed lines and an exit code come out."""
