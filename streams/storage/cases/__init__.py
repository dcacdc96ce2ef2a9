"""How cases are stored: what a store has yet to write of each, and the tables of SQLite. Next: `case_parts.py`."""
