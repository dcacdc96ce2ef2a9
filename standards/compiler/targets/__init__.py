"""What a standard looks up to know how long there is: fields, columns of tables, choices by them, and marks.

Read next: `target_keys.py`.
"""
