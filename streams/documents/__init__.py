"""The files of authors: found, read, and what their comments let sleep. Read `documents.py` first."""
