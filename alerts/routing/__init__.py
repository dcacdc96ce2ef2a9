"""Routing: when somebody is told of a promise, and why not.

Must not know: addresses. Read next: `relevance.py`, then `router.py`.
"""
