"""The compiler: models of documents become a rulebook, or everything that is wrong with them, each at its place.

Knows: documents and shapes. Must not know: promises in flight. Read next: `spec.py`.
"""
