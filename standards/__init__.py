"""What a promise is and when it is kept: pure rules, no clock, no I/O. Read `judge/judge.py` next."""
