"""The live view: what is owed right now and how it goes, on a terminal; and as log lines where there is none.

Knows: the ledger's lines, folded into one picture. Must not know: hosts and stores; lines are handed to it.
`wording.py` puts a line into plain words, `folding.py` keeps the picture, `screen.py` draws it, `log.py` writes lines.
"""

from streams.live.folding import Folder, Owed, Row, Told, View
from streams.live.log import log_lines
from streams.live.screen import render, show, summary, terminal
from streams.live.wording import WORDS, words

__all__ = [
    "WORDS",
    "Folder",
    "Owed",
    "Row",
    "Told",
    "View",
    "log_lines",
    "render",
    "show",
    "summary",
    "terminal",
    "words",
]
