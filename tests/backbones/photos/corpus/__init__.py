"""Photos of every kind that people have, drawn; with what each of them must show."""
