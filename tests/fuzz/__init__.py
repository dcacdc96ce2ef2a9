"""Inputs that nobody would send, at every door where something is read: none of them may do more than be refused.

Read next: `mutating.py` for how inputs are made, `trying.py` for what counts as a crash, `doors.py` and its neighbours
for what is asked. Inputs that crashed once are kept in `tests/data/corpus`, by door, and are tried in each run.
"""
