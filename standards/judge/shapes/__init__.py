"""The six shapes of a promise, each judged by a file of its own. Read `response.py` first."""
