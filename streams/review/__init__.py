"""Reviewing standards on history: the verb `kept backtest`, with what changed against an older version, and sweeps.

Read next: `cli.py` for the verb, `judging.py` for what is judged, `older.py` for where an older version comes from,
`sweeping.py` for the values that are tried, and `wording.py`, `text.py` and `page.py` for what is said.
"""
