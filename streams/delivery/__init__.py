"""Delivery: from a notice in the outbox to a channel that tells somebody.

Knows: channels and their settings. Must not know: judging. Read next: `dispatch.py`.
"""
