"""The board: what is owed and how it went, as pages for people. Values go in, HTML and SVG come out.

Everything here is a function of what it is given: no clock, no store, no HTTP. Every text that came with an event is
escaped where it becomes HTML, which is in one place: `markup.py`.
Read next: `shell.py` for what all pages share, `now.py` for the first of them; `streams/web/board/` serves them.
"""
