"""Kept on Kafka, with a real broker. Read next: `conftest.py`, which starts it."""
