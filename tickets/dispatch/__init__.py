"""派单: who is sent to a repair, whether they accept, and what happens when nobody does."""
