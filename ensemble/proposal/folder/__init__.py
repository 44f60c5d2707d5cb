"""A folder goes in; its photos come out, and its tables, with what each column and table is."""
