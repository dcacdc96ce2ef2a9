"""The judge: events, cases, promises and the ledger.

Knows: what a promise is and when it is kept. Must not know: documents, I/O, clocks. Read next: `judge.py`.
"""
