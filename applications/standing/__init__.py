"""What a service leaves behind, from the day it begins to the day it ends."""
