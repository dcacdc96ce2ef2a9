"""Machines get every promise by itself and at once, unless a route names them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.policy.policy import MACHINES, Policy
from alerts.policy.reader import Reader
from alerts.routing.notice import Notice, for_machines, notice
from standards.judge.events import Event
from standards.judge.ledger import line as line_of
from standards.judge.promise import Promise, Transition
from streams.runtime.alert_pipeline import AlertPipeline
from streams.storage.ledger_tables import book_notices
from streams.storage.sqlite import Database
from tests.alerts.playing import NOON, STANDARDS, Floor, line, people

NIGHT = """
kept: 1
calendars: {now: {timezone: Europe/Warsaw, hours: {daily: ["11:00-14:00"]}}}
people: {ann: {addresses: {mail: ann@shop.example}, quiet: now, budget: 1}}
routes: [{tell: ann, group_wait: 30s, mute: now}]
"""
NO_WAIT = STANDARDS["r-no-wait"]


def broken(number: int) -> Transition[Event]:
    promise: Promise[Event] = Promise(NOON, id=f"p{number}")
    return Transition(NO_WAIT, ("s1", f"q{number}"), promise, "broken", NOON, NOON, 1, NOON, 0, "open", "broken")


BY_PERSON = replace(NO_WAIT, id="rings", revision="r-rings", per=("site", "agent"))
RINGS = {**STANDARDS, "r-rings": BY_PERSON}


def named(by: str = "kim") -> Transition[Event]:
    promise: Promise[Event] = Promise(NOON, id="p-kim")
    return Transition(BY_PERSON, ("s1", by), promise, "broken", NOON, NOON, 1, NOON, 0, "open", "broken")


@pytest.mark.parametrize("policy", [Policy(RINGS), Policy(RINGS, people=people(NIGHT))], ids=["nobody", "people"])
def test_what_is_owed_by_person_goes_to_no_machine(policy: Policy, tmp_path: Path) -> None:
    """A subject that names one of us is told to no machine; that is noted for each of them, with a reason."""
    pipeline = AlertPipeline(policy, channels=["mail", *MACHINES])
    told = pipeline.push([named()], lines=[line_of(named())], low=NOON)
    assert [(it.to, it.reason, it.promise) for it in told.withheld if it.reason == "names-one-of-us"] == [
        (name, "names-one-of-us", "p-kim") for name in MACHINES
    ]
    assert {channel for _, channel in booked(tmp_path, told.notices, ["mail", *MACHINES])} <= {"mail"}


def test_a_route_that_tells_a_machine_tells_it_of_nobody() -> None:
    """Where a route names the webhook, what names one of us is kept back from it, and what does not comes to it."""
    text = NIGHT.replace("routes: [", "routes: [{tell: webhook, continue: true}, ")
    pipeline = AlertPipeline(Policy(RINGS, people=people(text)), channels=["mail", *MACHINES])
    both = [broken(1), named()]
    told = pipeline.push(both, lines=[line_of(each) for each in both], low=NOON)
    assert [each.promise for each in told.notices if each.to == "webhook"] == ["p1"]
    kept = {it.to for it in told.withheld if it.reason == "names-one-of-us"}
    assert kept == set(MACHINES)


def test_what_names_one_of_us_goes_by_no_webhook_to_anybody(tmp_path: Path) -> None:
    """Also where a person has no address, and the webhook is all that there is; their mail has it."""
    made = replace(notice(line_of(named()), BY_PERSON, Reader()), to="ann")
    alone = tmp_path / "alone"
    alone.mkdir()
    assert booked(tmp_path, [made], ["mail", *MACHINES]) == [(made.id, "mail")]
    assert booked(alone, [made], MACHINES) == []


def test_every_promise_by_itself_whatever_people_have() -> None:
    """Muted, in quiet hours, over the budget: Alertmanager and the webhook have each promise at once, to nobody."""
    pipeline = AlertPipeline(Policy(STANDARDS, people=people(NIGHT)), channels=["mail", *MACHINES])
    transitions = [broken(number) for number in range(3)]
    told = pipeline.push(transitions, lines=[line_of(each) for each in transitions], low=NOON).notices
    assert [(each.to, each.speaks_for, sorted(each.addresses), each.decided) for each in told] == [
        ("", (f"p{number}",), sorted(MACHINES), NOON) for number in range(3)
    ]


def test_a_machine_that_a_route_names_gets_what_matches_that_route() -> None:
    """The webhook is told by a route: what matches, under its holds, each by itself; Alertmanager has everything."""
    text = NIGHT.replace("routes: [", "routes: [{match: greeting, tell: webhook, group_by: [site], continue: true}, ")
    assert people(text).machines == ("alertmanager",)
    floor = Floor(text)
    facts = [line(5, "broken", f"g{number}", of="greeting") for number in range(3)]
    floor.go(60, [*facts, line(6, "broken", "p")])
    assert [(told.to, told.speaks_for, told.addresses) for told in floor.notices] == [
        ("webhook", (f"g{number}",), {"webhook": "webhook"}) for number in range(3)
    ]


def booked(folder: Path, told: Sequence[Notice], channels: Sequence[str]) -> list[tuple[str, str]]:
    """Give which notices wait for which channels."""
    database = Database(folder / "kept.db")
    try:
        with database.writing():
            book_notices(database, told, channels, received=NOON)
        return [(str(name), str(channel)) for name, channel in database.all("SELECT notice, channel FROM outbox")]
    finally:
        database.close()


def test_push_comes_to_who_has_an_address_there(tmp_path: Path) -> None:
    """Nobody else is told by push; but where there is nothing else, it is tried, and seen to reach nobody."""
    made = notice(line(5, "broken", "p"), NO_WAIT, Reader())
    ann = replace(made, id="ann", to="ann", addresses={"push": "ann", "fax": "1"})
    told = [ann, replace(made, id="bob", to="bob"), replace(made, id="all")]
    mail, alone = tmp_path / "mail", tmp_path / "alone"
    mail.mkdir()
    alone.mkdir()
    assert booked(mail, told, ["mail", "push"]) == [("all", "mail"), ("ann", "push"), ("bob", "mail")]
    assert booked(alone, told, ["alertmanager", "push"]) == [("all", "alertmanager"), ("ann", "push"), ("bob", "push")]


def test_each_message_waits_for_its_channels(tmp_path: Path) -> None:
    """By address; without one by every channel that leads to people; for machines by those alone, or by none."""
    made = notice(line(5, "broken", "p"), NO_WAIT, Reader())
    named: list[tuple[str, dict[str, Any]]] = [
        ("own", {"to": "ann", "addresses": {"mail": "ann@shop.example"}}),
        ("room", {"to": "r", "addresses": {"webhook": "r"}}),
        ("none", {"to": "bob"}), ("gone", {"to": "bob", "addresses": {"fax": "1"}}), ("everybody", {}),
    ]  # fmt: skip
    told = [replace(made, id=name, **fields) for name, fields in named]
    told.append(for_machines(made, ["alertmanager"], NOON))
    found: dict[str, set[str]] = {}
    for name, channel in booked(tmp_path, told, ["mail", "chat", "alertmanager", "webhook", "push"]):
        found.setdefault(name, set()).add(channel)
    everybody = {"mail", "chat", "alertmanager", "webhook"}
    assert found == {
        "own": {"mail"}, "room": {"webhook"}, "none": {"mail", "chat"}, "gone": {"mail", "chat"},
        "everybody": everybody, f"{made.id}:machines": {"alertmanager"},
    }  # fmt: skip
