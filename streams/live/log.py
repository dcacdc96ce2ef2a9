"""Log lines: the ledger's lines one by one, for terminals that cannot show the live view, files and log collectors.

Read next: `folding.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import structlog

from standards.judge.events import iso
from streams.live.wording import WORDS, printable, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from standards.judge.ledger import Line
    from standards.judge.standard import Standard


def log_lines(standards: Mapping[str, Standard], stream: TextIO, *, as_json: bool = False) -> Callable[[Line], None]:
    """Give a function that writes one log line to `stream` for each line of the ledger. `standards` are by id."""
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    logger = structlog.wrap_logger(structlog.PrintLogger(stream), processors=[structlog.processors.add_log_level, last])

    def log(line: Line) -> None:
        write = logger.warning if line.kind in ("warned", "broken", "lost") else logger.info
        standard = standards.get(line.standard)
        facts = {
            "at": iso(line.at),
            "standard": line.standard,
            "subject": printable(line.subject),
            "promise": line.promise,
        }
        said = "" if standard is None else words(line, standard)
        write(WORDS[line.kind], **facts, **({"because": said} if said else {}))

    return log
