"""Sheets for people: the handbook, and what is known of people and how it is dealt with; as text and as a page.

Read next: `cli.py`, `privacy.py`.
"""
