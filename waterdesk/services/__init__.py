"""The private PostgreSQL and Valkey, and the launcher that runs the whole desk on one machine.

Standard library only, apart from what looks at a server that the environment names. Nothing imports
this package but its own modules and the tests: in production the servers are somebody else's.
"""
