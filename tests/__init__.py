"""What Kept promises its users, and proof that it keeps it. `test_house_rules.py` is about the code itself."""
