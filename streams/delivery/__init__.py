"""Delivery: from a notice in the outbox to a channel that tells somebody. Read next: `dispatch.py`."""
