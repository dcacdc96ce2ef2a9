"""Who is told what, and why not: pure until `channels/`. Read `desk.py` next."""
