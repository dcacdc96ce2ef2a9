"""`kept check`: everything that is wrong or doubtful in an author's files, and what last month's events say to it.

Read next: `cli.py` for the verb, `examining.py` for the order of the checks, `history.py` for those that need events.
"""
