"""Coming in and going out: customers by a code to their phone, staff by a password."""
