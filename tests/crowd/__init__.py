"""A crowd that misbehaves: senders with wrong clocks, bad lines and no patience, and what their events should come to.

Read `standards.py`, `truths.py`, `senders.py`, `ideal.py` in this order; then `simulate.py`, where a host in memory has
to bear the crowd, and `mayhem.py`, where a real one does while it is killed and stopped.
"""
