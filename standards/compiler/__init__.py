"""The compiler: models of documents become a rulebook, or everything that is wrong with them, each at its place.

Read next: `spec.py`.
"""
