"""What lies in a folder goes in; the data section of a config comes out, and tables it needs."""
