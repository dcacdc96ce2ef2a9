"""Staffing: how many people it takes to keep a promise, worked out from history.

Pure: formulas, counts, and a simulation whose chance comes from a seed.
Read next: `erlang.py` and `patience.py` for the formulas, `floor.py` for the simulation, `target.py` for which
standards can be staffed, `record.py` for what history says, `plan.py` for the answer.
"""
