"""The store: everything that is SQL.

Knows: tables and transactions. Must not know: HTTP. Read next: `sqlite.py`, then `store_writer.py`.
"""
