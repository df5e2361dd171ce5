"""What a service leaves behind, from its beginning to its end."""
