"""Explaining a promise: why it went as it did, and what people did about it. Read `why.py` first."""
