"""The policy: who is told what, when, and when not; read from a document, and checked beside the standards.

Knows: the form of a policy and its meaning. Must not know: promises in flight. Read next: `policy.py`.
"""
