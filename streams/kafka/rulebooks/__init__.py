"""By which standards a partition is judged: every revision that some case still owes. Read `revisions.py` first."""
