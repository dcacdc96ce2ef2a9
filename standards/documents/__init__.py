"""YAML documents: from text to checked models, each value with its line and column.

Knows: what authors write. Must not know: what a promise is. Read next: `document.py`, then `model.py`.
"""
