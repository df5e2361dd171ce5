"""坐席台: what an agent does while somebody is on the line, and between two calls."""
