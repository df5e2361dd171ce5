"""The record proved: daily seals, checking the whole, and bundles for those outside."""
