"""A folder of photos and the tables in or beside it go in; a config that fits them comes out.

``proposing`` goes the whole way: ``folder`` looks at what lies there, ``data`` makes the config's
data section of it, ``members`` chooses networks and heads, and ``output`` writes all of that down.
"""
