"""What the REST API of every kind of case has in common, and the clocks."""
