"""Who is told what, and why not: pure until `channels/`. Read `routing/relevance.py` next."""
