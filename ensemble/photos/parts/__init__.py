"""Tables of parts of photos go in; areas with their objects, and counted regions, come out."""
