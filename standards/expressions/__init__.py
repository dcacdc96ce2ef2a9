"""Conditions on the fields of events, as authors write them: read, checked, and compiled.

Read next: `expression.py`.
"""
