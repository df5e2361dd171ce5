"""上门: who comes to the customer, and when."""
