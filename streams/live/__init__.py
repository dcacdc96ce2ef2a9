"""The live view: what is owed right now and how it goes, on a terminal; and as log lines where there is none.

`wording.py` puts a line into plain words, `folding.py` keeps the picture, `screen.py` draws it, `logging_setup.py`
writes lines.
"""
