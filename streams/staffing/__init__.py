"""Staffing for people: history from files, the plan as text, as JSON, and as a page. `kept staff` prints them.

Read next: `standards/staffing/`, where the plan is made; `asking.py` for what is read, `cli.py` for the verb.
"""
