"""The ledger's lines: what is stored, sent and shown of a transition, in a form that needs no rulebook to be read.

Read next: `score.py`, the simplest fold over these lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.judge.events import DERIVED_SOURCE, Event, moment
from standards.judge.numbers import Numbers, asked_of, given
from standards.judge.promise import VERDICTS, Kind, State, Transition, Verdict
from standards.judge.rulebook import subject_text
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.promise import Promise
    from standards.judge.standard import Standard

Plain = str | int | float | bool | None
_PLAIN: Final = (str, int, float, bool, type(None))
_TAKES_BACK: Final = frozenset({"corrected", "withdrawn", "undone"})


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the ledger. Instants are microseconds UTC, spans microseconds.

    `at` is when it took effect and `known` when the ledger learned of it; they differ for late evidence only. `due` is
    the deadline as of this line, or -1. `elapsed` is the open time since the opening and `at - opened` the customer's
    own time. `fields` are the `per` fields and the carried ones. `cause` is (source, id) of the event that made the
    line, if one did. `verdict` is the promise's verdict after the line, or empty while it is open; `was` is the verdict
    before a correction, or before it was undone. `reason`, `replaces` and `replaced_by` are those of the transition.
    `tables` are the hashes of those in which facts are looked up, where the line says that a promise opens or moves.
    `silent` names the feeds for whose silence a verdict is unknown.
    `numbers` are for whoever is told of the line, by `with_numbers`: the ledger has none.
    """

    id: str
    promise: str
    standard: str
    revision: str
    subject: str
    kind: Kind
    at: int
    known: int
    opened: int
    state: State
    owner: str = ""
    aspect: str = ""
    severity: str = ""
    due: int = -1
    elapsed: int = 0
    verdict: Verdict | None = None
    was: Verdict | None = None
    fields: dict[str, Plain] = {}
    cause: tuple[str, str] | None = None
    reason: str = ""
    replaces: str = ""
    replaced_by: str = ""
    tables: dict[str, str] = {}
    silent: tuple[str, ...] = ()
    numbers: Numbers | None = None


def line(transition: Transition[Event]) -> Line:
    """Give the ledger's line for a transition. Its facts stand in order: naming each costs as much again."""
    standard, promise, kind, after = transition.standard, transition.promise, transition.kind, transition.after
    name, cause = promise.identify(standard.id, transition.key), transition.cause
    return Line(
        f"{name}.{transition.ordinal}", name, standard.id, standard.revision, subject_text(transition.key), kind,
        transition.at, transition.known, promise.opened, after, standard.owner, standard.aspect, standard.severity,
        transition.due, transition.elapsed, VERDICTS.get(after),
        VERDICTS.get(transition.before) if kind in _TAKES_BACK else None,
        ledger_fields(standard, transition.key, promise),
        None if cause is None else (cause.source, cause.id),
        transition.reason, transition.replaces, transition.replaced_by,
        _looked_up(standard, promise, kind) if standard.tables else {}, tuple(transition.silent or ()),
    )  # fmt: skip


def _looked_up(standard: Standard, promise: Promise[Event], kind: Kind) -> dict[str, str]:
    if kind == "opened":
        return {name: table.digest for name, table in standard.tables.items()}
    return promise.target.tables if kind == "moved" and promise.target is not None else {}


def with_numbers(line: Line, transition: Transition[Event]) -> Line:
    """Give the line of a transition with the numbers by which its promise stood, for whoever is told of it."""
    numbers, opening = transition.numbers, transition.promise.opening
    if numbers is None and opening is not None:
        asked = given(opening.data, asked_of(clauses(transition.standard.shape).get("when")))
        numbers = Numbers(opening.at, asked) if asked else None
    if transition.silent:
        numbers = msgspec.structs.replace(numbers or Numbers(line.at), silent=transition.silent)
    return line if numbers is None else msgspec.structs.replace(line, numbers=numbers)


def stood_before(line: Line) -> State:
    """Say how a promise stood before a line, as far as the line says: not how a broken one had ended."""
    if line.kind in ("fulfilled_late", "ended", "given_up"):
        return "broken"
    return line.was or ("new" if line.kind == "opened" else "open")


def ledger_fields(standard: Standard, key: tuple[str | int, ...], promise: Promise[Event]) -> dict[str, Plain]:
    """Give the `per` fields of a promise and those that its standard carries from the opening event."""
    fields: dict[str, Plain] = dict(zip(standard.per, key, strict=True))
    if standard.carry and promise.opening is not None:
        for name in standard.carry:
            value: Any = getattr(promise.opening.data, name, None)
            fields[name] = value if isinstance(value, _PLAIN) else value.isoformat()
    return fields


def derived(transition: Transition[Event], classes: Mapping[str, type[Event]]) -> Event | None:
    """Give the `promise.*` event that a transition is to other standards; None where no standard hears that kind.

    Its time is when the ledger learned of the transition, so that nobody who hears it has judged past it already.
    """
    made = classes.get(f"promise.{transition.kind}")
    if made is None:
        return None
    standard = transition.standard
    fields: dict[str, Plain | None] = {
        **ledger_fields(standard, transition.key, transition.promise),
        "standard": standard.id,
        "owner": standard.owner,
        "aspect": standard.aspect,
        "severity": standard.severity,
        "promise": transition.promise.identify(standard.id, transition.key),
        "subject": subject_text(transition.key),
        "verdict": VERDICTS.get(transition.after),
    }
    data_type = made.__struct_fields__  # the envelope's fields; `data` is the one that differs between types
    known = msgspec.structs.fields(made)[data_type.index("data")].type
    data = known(**{name: fields.get(name) for name in known.__struct_fields__})
    at = transition.known
    return made(id=transition.id, source=DERIVED_SOURCE, time=moment(at), data=data, at=at, received=at)
