"""People's practice: how a house looks at its own work, thanks for it, and talks over what went wrong.

Knows: the document that says so, beside the standards that it names. Must not know: who is told of anything, or what
happened. Read next: `practice.py`.
"""
