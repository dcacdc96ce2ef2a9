"""A second opinion: a whole history judged at once, slowly, from docs/semantics.md alone. It shares no code with Kept.

Read `evaluate.py` first; `histories.py` draws what both are asked, `test_oracle.py` compares their answers.
"""
