"""A folder of photos and the tables in or beside it go in; a config that fits them comes out."""
