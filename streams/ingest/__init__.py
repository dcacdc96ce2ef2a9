"""Ingest: from bytes to events, out of requests, JSON lines, and tables by their mappings.

Knows: forms of events. Must not know: promises. Read next: `wire.py`.
"""
