"""Beginning a standard of one's own from a pack: `kept new`.

Read next: `cli.py` for the verb and its questions, `making.py` for what is written.
"""
