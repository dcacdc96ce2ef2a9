"""The API: what can be asked and sent over HTTP by programs. Read `intake.py` first, then `reading.py`."""
