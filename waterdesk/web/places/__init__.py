"""The map, the search, and what stands around a point that was picked."""
