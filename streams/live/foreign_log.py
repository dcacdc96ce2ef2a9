"""What others write to the log of a process: libraries by `logging`, Python's warnings, errors that nobody caught.

With the JSON format each of these is one line of JSON as well, so that a collector can read the whole stream.
Read next: `logging_setup.py`, which sets up Kept's own lines.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING, TextIO

import structlog

if TYPE_CHECKING:
    from types import TracebackType

log = structlog.get_logger("kept")


class _ForeignLines(logging.StreamHandler[TextIO]):
    """Writes what libraries log; a class of its own, so that a second set-up replaces the first one's alone."""


def write_foreign(stream: TextIO, *, as_json: bool) -> None:
    """Have warnings of libraries, and worse, written to a stream; as JSON, those of Python and uncaught errors too."""
    root = logging.getLogger()
    lines = _ForeignLines(stream)
    for former in [each for each in root.handlers if isinstance(each, _ForeignLines)]:
        root.removeHandler(former)
    if as_json:
        lines.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[
                    structlog.stdlib.add_log_level,
                    structlog.stdlib.add_logger_name,
                    structlog.processors.TimeStamper(fmt="iso"),
                ],
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(),
                ],
            )
        )
        _say_uncaught()
    else:
        lines.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    root.addHandler(lines)
    root.setLevel(logging.WARNING)
    logging.captureWarnings(as_json)


def _say_uncaught() -> None:
    """Have errors that nobody caught written as lines of the log, wherever they ended something."""

    def ended(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        log.critical("ended by an error", exc_info=(kind, error, where))

    def thread_ended(failed: threading.ExceptHookArgs) -> None:
        name = failed.thread.name if failed.thread else ""
        error = failed.exc_value or failed.exc_type()
        log.error("a thread ended with an error", thread=name, exc_info=(failed.exc_type, error, failed.exc_traceback))

    def passed_over(failed: sys.UnraisableHookArgs) -> None:
        log.error(failed.err_msg or "an error was passed over", at=repr(failed.object), exc_info=failed.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = ended, thread_ended, passed_over
