"""Attacks on real processes of Kept, while an honest sender goes on: `make attack`.

Read next: `strangers.py` for what is done from outside, `one_machine.py` and `on_kafka.py` for the processes and what
is done to their disks and clocks, `__main__.py` for the table that comes of it.
"""
