"""A disk that fails at each call in turn, under a real host with a real store.

Read next: `failing.c` for what is put between a process and its disk, `failing.py` for how it is told what to fail,
`running.py` for the run that is tried at each call.
"""
