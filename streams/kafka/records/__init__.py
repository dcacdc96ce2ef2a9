"""What the topics hold: names of topics, records and their packing, rows of the table. Read `topics.py` first."""
