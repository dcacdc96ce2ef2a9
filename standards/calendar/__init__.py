"""Open time: business hours, closed days, and lengths of time.

Knows: which moments count. Must not know: standards. Read next: `hours.py`.
"""
