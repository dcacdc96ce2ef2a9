"""A floor for the tests of alerts: lines of the ledger and acts at given seconds, told to people by a policy document.

Knows: how the relevance filter and the router follow each other in a host. Must not know: what should be told.
"""

from collections.abc import Iterable, Sequence

import msgspec

from alerts.policy.policy import Match, People, Policy, Silence
from alerts.policy.policy_document import load_policy
from alerts.routing.actions import Action
from alerts.routing.notice import Notice, Reason, Withheld
from alerts.routing.stalls import Stall
from standards.compiler.spec import Source
from standards.judge.ledger import Line, Plain
from standards.judge.promise import VERDICTS, Kind, State
from standards.judge.shapes import Response
from standards.judge.standard import Clause, Standard
from streams.runtime.router_runtime import CaseName, RouterRuntime, Stored, stored_case
from tests.alerts.hearing import Hearing

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
NOON = 1_768_042_800_000_000
"""2026-01-10T11:00:00Z, a Saturday, noon in Warsaw."""
MOST_AN_HOUR = 15
"""So many summaries at most go in an hour, beside the budget: 30 s, then after 1, 2, 4 and ten times 5 minutes."""

_STATES: dict[Kind, State] = {
    "opened": "open", "warned": "warned", "broken": "broken", "lost": "unknown", "kept": "kept", "voided": "void",
    "excused": "excused", "fulfilled_late": "late", "corrected": "kept",
}  # fmt: skip


def standard(name: str, *, severity: str = "ticket", owner: str = "floor-lead") -> Standard:
    shape = Response(Clause("queue.length"), Clause("register.opened"), MINUTE)
    return Standard(
        name, f"r-{name}", ("site", "queue"), shape, promise="You will never stand in a long line.",
        what="Open the next register.", how="Call the next name.", owner=owner, severity=severity,  # type: ignore[arg-type]
        carry=("agent",),
    )  # fmt: skip


STANDARDS = {
    each.revision: each
    for each in (standard("no-wait", severity="page"), standard("tills-work", owner="technician"), standard("greeting"))
}
LOUD = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
  bob: {addresses: {mail: bob@shop.example}}
routes:
  - {tell: ann, well_for: 0s, repeat: never}
"""


def people(text: str) -> People:
    return load_policy(Source("policy.yaml", text), STANDARDS.values())


def line(
    seconds: float,
    kind: Kind,
    promise: str,
    *,
    of: str = "no-wait",
    site: str | None = "s1",
    was: State | None = None,
) -> Line:
    """Make a line of a promise; its queue is the promise's name up to a dot, its ordinal tells its kinds apart."""
    at = NOON + round(seconds * SECOND)
    judge = STANDARDS[f"r-{of}"]
    queue = promise.partition(".")[0]
    fields: dict[str, Plain] = {"queue": queue} if site is None else {"site": site, "queue": queue}
    ordinal = list(_STATES).index(kind)
    return Line(
        f"{promise}.{ordinal}", promise, of, judge.revision, f"{site}/{queue}", kind, at, at, NOON, _STATES[kind],
        owner=judge.owner, aspect=judge.aspect, severity=judge.severity, due=NOON + 10 * HOUR,
        verdict=VERDICTS.get(_STATES[kind]), was=None if was is None else VERDICTS.get(was), fields=fields,
    )  # fmt: skip


def act(
    seconds: float, sort: str, *, promise: str = "", by: str = "ann", to: str = "", silence: Silence | None = None
) -> Action:
    at = NOON + round(seconds * SECOND)
    data: dict[str, Plain] = {"to": to}
    return Action(f"act-{seconds}-{sort}-{promise}", at, by, promise, f"alert.{sort}", data=data, silence=silence)


def silencing(seconds: float, until: float, **terms: str) -> Action:
    match = Match(tuple((name, (value,)) for name, value in terms.items()))
    return act(seconds, "silenced", silence=Silence("quiet-please", match, NOON + round(until * SECOND), "ann"))


class Floor:
    """The relevance filter and a router under one policy. What is told, and what is not, is collected."""

    def __init__(self, text: str = LOUD) -> None:
        self.people = people(text)
        self.policy = Policy(STANDARDS, people=self.people)
        self.hearing = Hearing(self.policy)
        self.calls = RouterRuntime(self.policy, self.people, {})
        self.stored: dict[CaseName, bytes] = {}
        self.notices: list[Notice] = []
        self.withheld: list[Withheld] = []
        self.reasons: dict[str, Reason] = {}
        self.undecided: list[Line] = []

    def go(self, seconds: float, facts: Sequence[Line | Action] = (), *, stall: Stall | None = None) -> list[Notice]:
        """Let time come so far, with what happened up to then; gives what was told."""
        low = NOON + round(seconds * SECOND)
        lines = [fact for fact in facts if isinstance(fact, Line)]
        told = self.hearing.push(lines, low)
        worth = [one for one in lines if told.reasons[one.id] == "told"]
        called = self.calls.push(worth, [fact for fact in facts if isinstance(fact, Action)], low, stall=stall)
        self.undecided += [one for one in worth if one.id not in called.reasons]
        for name, case in called.touched.items():
            self.keep(name, case)
        self.notices += called.notices
        self.withheld += called.withheld
        self.reasons.update({**told.reasons, **called.reasons})
        return called.notices

    def keep(self, name: CaseName, case: Stored | None) -> None:
        """Store a case as a host does; None: it is forgotten."""
        self.stored.pop(name, None)
        if case is not None:
            self.stored[name] = msgspec.json.encode(case)

    def play(self, facts: Iterable[Line | Action], until: float) -> list[Notice]:
        """Play a history fact by fact, each at its time, and go on until a second."""
        for fact in facts:
            self.go(((fact.at if isinstance(fact, Action) else fact.known) - NOON) / SECOND, [fact])
        self.go(until)
        return self.notices

    def restart(self, text: str | None = None) -> None:
        """Read everything back from what was stored; under another policy, where its text is given."""
        if text is not None:
            self.people = people(text)
            self.policy = Policy(STANDARDS, people=self.people)
        cases: dict[CaseName, Stored] = {name: stored_case(name[0], body) for name, body in self.stored.items()}
        self.calls = RouterRuntime(self.policy, self.people, cases)

    def said(self) -> list[tuple[str, str, str, int]]:
        """Tell what was told: to whom, what, of which promise, in which second."""
        return [(n.to, n.kind, n.promise, (n.decided - NOON) // SECOND) for n in self.notices]

    def unsaid(self, promise: str) -> list[tuple[str, str, int]]:
        """Tell what was not told of a promise: to whom, why, in which second."""
        return [(each.to, each.reason, (each.at - NOON) // SECOND) for each in self.withheld if each.promise == promise]
