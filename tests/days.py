"""Scripted days with people in them: standards, a policy, what happened and what people did; every host tells alike.

A script is one of `stories.py`; `promise=STANDARD@SUBJECT` in it is that standard's newest promise to that subject.
Knows: no host. Must not know: what is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from standards.judge.events import moment
from standards.judge.ledger import Line
from tests.history import instant, rules

RULES = rules(
    """
calendars:
  night: {timezone: UTC, hours: {daily: ["08:30-08:40"]}}
""",
    line="""per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s,
    warn: 30s before, severity: page""",
    waits="per: [contact], when: contact.waiting, expect: contact.answered, within: 20s, carry: [site]",
    works="per: [site], when: register.closed, expect: register.opened, within: 10s, severity: page",
)
ROUTES = """
people:
  ann: {addresses: {mail: ann@shop.example}, budget: 6}
  bob: {addresses: {mail: bob@shop.example}}
"""


def policy(routes: str, people: str = ROUTES) -> str:
    """Write a policy document."""
    return f"kept: 1\n{people}\n{routes}"


DAYS: dict[str, tuple[str, str]] = {
    "somebody acknowledges, somebody else is called, and all is well": (
        policy("routes: [{match: line, tell: ann, well_for: 20s, escalate: [{after: 45s, tell: bob}]}, {tell: bob}]"),
        """
        08:00:00 queue.length waiting=5
        08:00:00 queue.length waiting=6 queue=q2
        until 08:00:40
        08:00:45 alert.acknowledged promise=line@s3/q1 by=ann
        until 08:01:30
        08:01:40 register.opened
        08:02:00 register.opened queue=q2
        until 08:05:00
        08:06:00 queue.length waiting=5
        08:06:40 register.opened
        until 08:30:00
        """,
    ),
    "what comes together is told together, and what comes and goes is told once": (
        policy("routes: [{match: line, tell: ann, group_wait: 15s, well_for: 2m, repeat: 3m}, {tell: ann}]"),
        "\n".join(
            [
                *(f"08:00:0{number} queue.length waiting=5 queue=q{number}" for number in range(6)),
                "until 08:00:50",
                *(f"08:01:0{number} register.opened queue=q{number}" for number in range(3)),
                "08:01:20 queue.length waiting=1 queue=q0",
                "08:01:25 queue.length waiting=9 queue=q0",
                "until 08:10:00",
                "08:10:10 debrief.completed promise=line@s3/q4 by=ann learned=help-at-noon",
                "until 08:20:00",
            ]
        ),
    ),
    "a silence is laid and lifted, and a till outage explains the lines": (
        policy(
            """
routes: [{tell: [ann, bob], well_for: 0s, repeat: 2m}]
inhibit: [{when: works, mute: line}]
"""
        ),
        """
        08:00:00 alert.silenced silence=build until=2026-03-02T09:00:00Z by=ann site=s1 reason=building
        08:00:10 queue.length waiting=5 site=s1
        08:00:10 queue.length waiting=5 site=s2
        until 08:02:00
        08:02:10 alert.unsilenced silence=build by=ann
        until 08:05:00
        08:05:00 register.closed site=s4 queue=q1
        08:05:30 queue.length waiting=9 site=s4
        until 08:12:00
        08:12:30 exception.granted standard=line subject=s4/q1 by=lead reason=outage
        08:12:40 register.opened site=s2
        until 08:30:00
        """,
    ),
    "more than somebody wants to hear comes in a digest, and the night is quiet": (
        policy(
            "routes: [{tell: [ann, bob], well_for: 0s}]",
            """
calendars: {night: {timezone: UTC, hours: {daily: ["08:20-08:40"]}}}
people:
  ann: {addresses: {mail: ann@shop.example}, budget: 3}
  bob: {addresses: {mail: bob@shop.example}, timezone: Europe/Warsaw, quiet: night}
""",
        ),
        "\n".join(
            [
                *(f"08:{number:02}:00 contact.waiting contact=c{number} site=s{number % 3}" for number in range(30)),
                "until 08:35:00",
                "08:36:00 queue.length waiting=7",
                "until 09:30:00",
                "09:40:00 contact.waiting contact=c99 site=s1",
                "until 11:00:00",
            ]
        ),
    ),
}


def named(script: str, lines: Iterable[Line]) -> str:
    """Write promises' ids for their standards and subjects, as of the time of each line of a script."""
    opened = sorted((it for it in lines if it.kind == "opened"), key=lambda it: it.at)

    def identity(text: str) -> str:
        at, found = re.match(r"\s*(\S+)", text), re.search(r"promise=(\w+)@(\S+)", text)
        if at is None or found is None:
            return text
        standard, subject = found.groups()
        before = [it for it in opened if moment(it.at) <= instant(at[1])]
        names = [it.promise for it in before if (it.standard, it.subject) == (standard, subject)]
        return text.replace(f"{standard}@{subject}", names[-1])

    return "\n".join(map(identity, script.splitlines()))
