"""The store: everything that is SQL. Must not know: HTTP. Read next: `sqlite.py`, then `store_writer.py`."""
