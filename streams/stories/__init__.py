"""Stories: scripted tests of standards and of who is told, read, played and compared. `kept test` runs them.

Read next: `host.py` for what a story is played on, `playing.py` for how time goes in it, `comparing.py` for what is
found, `cli.py` for the verb.
"""
