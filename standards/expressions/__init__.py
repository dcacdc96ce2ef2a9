"""Conditions on the fields of events, as authors write them: read, checked, and compiled.

Knows: fields and their types. Must not know: YAML. Read next: `expression.py`.
"""
