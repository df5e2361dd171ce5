"""停水: planned and sudden ones, from the first draft to the water's return."""
