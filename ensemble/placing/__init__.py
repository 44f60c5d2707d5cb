"""New photos and a run go in; where the number lies in them comes out: maps, counts, points."""
