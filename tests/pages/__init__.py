"""The documentation: as a site, and as what it says. Read next: `hooks.py`, which makes the site."""
