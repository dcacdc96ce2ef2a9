"""Routing: when somebody is told of a promise, and why not.

Knows: what is worth telling, to whom, and when. Must not know: addresses. Read next: `desk.py`, then `router.py`.
"""
