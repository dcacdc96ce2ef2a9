"""Clauses and states as they are written, and how each is compiled: which events count, and when.

Read next: `clausing.py`, then `scoping.py`.
"""
