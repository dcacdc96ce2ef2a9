"""What went in can be got out: events, the ledger and scores, as JSON lines and as tables for a spreadsheet.

Begin at `giving.py`; `streams/storage/export_queries.py` reads what is given.
"""
