"""The code that checks configs goes in; a JSON Schema and a page of every key come out."""
