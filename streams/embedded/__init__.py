"""The embedded host: one process, one database file. Read `embedded.py` first."""
