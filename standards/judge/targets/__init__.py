"""How long a promise has, where its event chooses that: rules, what one was given, and tables that are looked up.

Begin with `target.py`.
"""
