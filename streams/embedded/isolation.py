"""Isolation: a batch that could not be judged is judged without what raised; a defect in Kept costs one event.

When judging raises something that nobody foresaw, `JudgeDefect` says which event of which case was being judged: that
event goes to the dead letters with the reason `defect`, and the rest is judged again. An event that an earlier batch
brought is taken out of its case, whether it waits there or is judged again because another one came late. Where a case
raises whatever its events, a timer for one, the whole case is set aside. Where something else raises, the batch is
halved until a single event is left. Each try begins with memory read back from the store. Read next: `engine.py`.
"""

from __future__ import annotations

from traceback import format_exception_only
from typing import TYPE_CHECKING

import msgspec
import structlog

from standards.errors import StateError
from standards.judge.progress import JudgeDefect
from standards.judge.promise import NEVER
from streams.ingest.wire import Refusal, encode
from streams.storage.status import Committed
from streams.storage.store_writer import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.case import Case
    from standards.judge.events import Event
    from streams.embedded.engine import Engine
    from streams.storage.cases.case_parts import CaseKey

DEFECT = "defect"

log = structlog.get_logger("kept")


def store(
    engine: Engine, events: Sequence[Event], refusals: Sequence[Refusal], wall: int, waiting: int = NEVER
) -> list[Committed]:
    """Judge and store a batch; it is durable when this returns. Gives what each transaction stored, in order.

    `waiting` is the oldest stamp of what was received and is in no batch yet.

    It is one transaction, unless judging raises what nobody foresaw: then the batch is stored without what raises.
    Raises StateError, or what judging raises when nothing can be blamed for it; a part of the batch may be stored then.
    After an error `Engine.rebuild` must come next.
    """
    return _Isolation(engine, wall, waiting).store(list(events), list(refusals))


def go_back(engine: Engine, now: int) -> list[Committed]:
    """Let time go back to `now` (microseconds UTC), without the cases for which that raises; they are put aside.

    Gives what each transaction stored, in order. Raises as `store` does.
    """
    return _Isolation(engine, now, NEVER).go_back()


class _Isolation:
    def __init__(self, engine: Engine, wall: int, waiting: int) -> None:
        self.engine = engine
        self.wall = wall
        self.waiting = waiting
        self.stored: list[Committed] = []

    def store(self, events: list[Event], refusals: list[Refusal]) -> list[Committed]:
        waiting, failed = [(events, refusals)], False  # the next one last
        while waiting:
            batch, refused = waiting.pop()
            try:
                oldest = min((event.received or self.wall for events, _ in waiting for event in events), default=NEVER)
                stored = self.engine.step(batch, refused, self.wall, waiting=min(self.waiting, oldest))
            except StateError:
                raise
            except Exception as error:  # whatever it is, it is to be found and put aside
                if not failed:
                    log.exception("a defect in Kept: a batch could not be judged", events=len(events))
                self.engine.rebuild(self.wall)
                waiting += self._smaller(batch, refused, error) if failed else [(batch, refused)]
                failed = True
            else:
                self.stored += [stored] if stored is not None else []
        return self.stored

    def go_back(self) -> list[Committed]:
        while True:
            try:
                return [*self.stored, self.engine.go_back(self.wall)]
            except JudgeDefect as error:
                log.exception("a defect in Kept: a case could not be taken back")
                self.engine.rebuild(self.wall)
                if not self._set_aside(error.case, error.event, error):
                    raise

    def _smaller(
        self, batch: list[Event], refused: list[Refusal], error: Exception
    ) -> list[tuple[list[Event], list[Refusal]]]:
        """Give what to try instead, the first one last."""
        case, event = (error.case, error.event) if isinstance(error, JudgeDefect) else (None, None)
        if event is not None:
            rest = [other for other in batch if not _same(other, event)]
            if len(rest) < len(batch):
                return [(rest, [*refused, _letter(event, error)])]
        if case is not None and self._set_aside(case, event, error):
            return [(batch, refused)]
        if not batch:
            raise error
        if len(batch) > 1:
            half = len(batch) // 2
            return [(batch[half:], []), (batch[:half], refused)]
        # Before the event is blamed, time passes without it: if that raises too, it was not the event.
        return [([], [*refused, _letter(batch[0], error)]), ([], [])]

    def _set_aside(self, key: CaseKey, event: Event | None, error: Exception) -> bool:
        """Take an event out of a stored case, or the case out of the store; say whether there is such a case."""
        pump = self.engine.pump
        case = pump.case(*key)
        if case is None:
            return False
        kept = None if event is None else _without(case, event)
        letter = _case_letter(case, error) if event is None or kept is None else _letter(event, error)
        recorder, position = self.engine.recorder, pump.position()
        recorder.write(Batch(self.wall, position, refusals=[letter]))
        with self.engine.database.writing():
            recorder.cases.write({key: None}, position.low)
            if kept is not None:  # written anew as a whole: stores only add to a log
                recorder.cases.write({key: kept}, position.low)
        self.stored.append(Committed(refused={letter.reason: 1}))
        self.engine.rebuild(self.wall)
        return True


def _without(case: Case[Event], event: Event) -> Case[Event] | None:
    """Give a case without an event that it holds, or is judged again by; None if it has no such event."""
    held = [other for other in case.held if not _same(other, event)]
    logged = [other for other in case.log if not _same(other, event)]
    if len(logged) < len(case.log):  # the younger snapshot may have it
        return msgspec.structs.replace(case, held=held, log=logged, younger=None, cut=0)
    return msgspec.structs.replace(case, held=held) if len(held) < len(case.held) else None


def _same(one: Event, other: Event) -> bool:
    return (one.id, one.source, one.at) == (other.id, other.source, other.at)


def _letter(event: Event, error: Exception) -> Refusal:
    try:
        raw = encode(event)
    except Exception:  # noqa: BLE001 - what cannot even be written is shown as well as it can be
        raw = repr(event).encode()
    message = _last_line(error)
    log.error("an event is put aside: judging it raised", id=event.id, source=event.source, reason=DEFECT, why=message)
    return Refusal(0, DEFECT, message, raw)


def _case_letter(case: Case[Event], error: Exception) -> Refusal:
    message = f"{_last_line(error)}; the case of {case.group} {case.key} was set aside with all that it owed"
    log.error("a case is put aside: judging it raised", reason=DEFECT, why=message)
    return Refusal(0, DEFECT, message, msgspec.json.encode(msgspec.structs.replace(case, seen={}, seen_before={})))


def _last_line(error: Exception) -> str:
    raised = error.__cause__ if isinstance(error, JudgeDefect) else error
    return format_exception_only(raised)[-1].strip()
