"""一站式许可: roads, lawns, traffic, highways. The utility applies; the customer is never asked."""
