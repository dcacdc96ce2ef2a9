"""Stories: scripted tests of standards, and drafts and mutations of what an author wrote. Read `story.py` first."""
