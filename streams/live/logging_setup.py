"""What a running host writes: log lines, and what the live view is filled with.

Log lines are for terminals that cannot show the live view, for files and for log collectors.
With the JSON format every line is JSON, whoever wrote it, and its fields have the names of metrics' labels.
Read next: `foreign_log.py` for what libraries write, `folding.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from alerts.routing.incident import is_trouble
from standards.judge.events import iso
from streams.live.foreign_log import write_foreign
from streams.live.wording import WORDS, printable, words
from streams.storage.promise_view import PromiseView
from streams.storage.rows import OwedFilter, PromiseFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from standards.judge.ledger import Line
    from standards.judge.standard import Standard
    from streams.host import Host
    from streams.live.folding import Folder
    from streams.storage.status import Committed

PAGE = 500
"""How many promises are read at a time when the view is filled after a start."""
SHOWN_AT_START = 5_000
"""How many owed promises the view takes over from an earlier run."""


def resume(view: Folder, host: Host) -> None:
    """Fill the view with what an earlier run left open."""
    found: list[PromiseView] = []
    after = ""
    while len(found) < SHOWN_AT_START:
        page = host.read_model.promises(PromiseFilter(open=True), after, PAGE)
        found += [promise for row in page.items if (promise := host.read_model.promise(row.id)) is not None]
        after = page.next
        if not after:
            break
    owed_since = host.rulebook.owed_since(host.wall())
    overdue = host.read_model.owed.rows("overdue", owed_since, OwedFilter(), limit=SHOWN_AT_START)
    found += [promise for row in overdue if (promise := host.read_model.promise(row.id)) is not None]
    view.vocabulary = host.rulebook.vocabulary
    view.resume(host.read_model.score(None), [promise.lines[-1] for promise in found])
    view.join({it.row.id: (it.row.joined, it.row.joined_at) for it in found if it.row.joined})


def follow(view: Folder, host: Host) -> Callable[[Committed], None]:
    """Give a listener that keeps the view up to date."""

    def add(stored: Committed) -> None:
        view.standards, view.vocabulary = host.rulebook.current, host.rulebook.vocabulary
        for line in stored.lines:
            view.add(line)
        view.join(stored.joined)

    return add


def log_lines(standards: Mapping[str, Standard], stream: TextIO, *, as_json: bool = False) -> Callable[[Line], None]:
    """Give a function that writes one log line to `stream` for each line of the ledger. `standards` are by id.

    Each is written with its end as one text, so that no stream can leave out a part of it.
    """
    processors: list[structlog.typing.Processor] = [structlog.processors.add_log_level]
    if as_json:
        processors.append(structlog.processors.TimeStamper(fmt="iso"))  # `at` is when it happened
    processors.append(_renderer(as_json=as_json))
    logger = structlog.wrap_logger(structlog.WriteLogger(stream), processors=processors)

    def log(line: Line) -> None:
        write = logger.warning if is_trouble(line) else logger.info
        standard = standards.get(line.standard)
        because = words(line, standard) if standard else ""
        write(
            WORDS[line.kind], at=iso(line.at), standard=line.standard, subject=printable(line.subject),
            promise=line.promise, **({"id": line.id, "kind": line.kind, "owner": line.owner} if as_json else {}),
            **({"because": because} if because else {}),
        )  # fmt: skip

    return log


def configure_logs(stream: TextIO, *, as_json: bool) -> None:
    """Have everything that is logged written to a stream."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _renderer(as_json=as_json),
        ],
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    write_foreign(stream, as_json=as_json)


def _renderer(*, as_json: bool) -> structlog.typing.Processor:
    return structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
