"""Moving cases and the state of alerts forward, batch by batch, in every host alike.

Knows: the judge and the alerts. Must not know: I/O. Read next: `pump.py`.
"""
