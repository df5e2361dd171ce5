"""The catalogue of services: each is a file of `seeds/services/`, and no code of its own."""
