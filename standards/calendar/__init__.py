"""Open time: business hours, closed days, and lengths of time.

Read next: `hours.py`.
"""
