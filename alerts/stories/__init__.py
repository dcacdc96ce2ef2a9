"""Stories of who is told: what a story expects of notices, read, and held against what was told."""
