"""Reviewing a standard on history: what would have become of each promise, counted, compared with another version.

Pure: transitions in, counts out. Read next: `fate.py`, `tally.py`, `difference.py`, `variation.py`.
"""
