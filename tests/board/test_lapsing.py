"""Having lapses: the board says who has a promise as the routers have it, with time and with shifts."""

from __future__ import annotations

from pathlib import Path

from tests.board.peopled import ALL, acts, entered
from tests.board.serving import Served, owed
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, register, waiting

MINUTES = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
  bob: {addresses: {mail: bob@shop.example}}
routes:
  - {match: no-wait, tell: ann, well_for: 2m, repeat: never, taken_for: 2m, escalate: [{after: 1m, tell: bob}]}
"""
SHIFTS = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
  bob: {addresses: {mail: bob@shop.example}}
teams:
  floor: {members: [{person: ann, shift: early}, {person: bob, shift: late}]}
calendars:
  early: {timezone: UTC, hours: {daily: ["22:00-23:10"]}}
  late: {timezone: UTC, hours: {daily: ["23:10-24:00"]}}
routes:
  - {match: no-wait, tell: floor, repeat: never, taken_for: 1d}
"""


def run(served: Served, seconds: int) -> None:
    """Let time go by in which the host runs: a minute at once would be a pause, in which nobody is asked anything."""
    for _ in range(seconds // 5):
        served.go(5)


def taken(served: Served, by: str = "ann") -> tuple[Visitor, str, str]:
    """Have somebody take the promise of q1 when it has warned; gives who asks, their proof, and the promise."""
    served.send(waiting("a", served.now))
    served.go(46)
    visitor, proof = entered(served)
    promise = owed(served)["s3/q1"]
    form = {"proof": proof, "name": by, "promise": promise}
    assert visitor.ask("/acts/acknowledge", form)[0] == 303
    served.go(3)
    return visitor, proof, promise


def test_who_took_it_is_asked_and_without_an_answer_nobody_has_it(tmp_path: Path) -> None:
    """After `taken_for` the board says that the holder is asked, and after `escalate` that nobody has it any more."""
    with Served(tmp_path, ALL, Peopled(MINUTES)) as served:
        visitor, _, promise = taken(served)
        assert "ann has it, since" in visitor.ask("/")[2]
        run(served, 125)
        for path in ("/", f"/promises/{promise}"):
            page = visitor.ask(path)[2]
            assert "and is asked whether they still do: others are told at" in page, path
            assert ">I have it</button>" in page, "whoever still has it can say so"
        run(served, 60)
        for path in ("/", f"/promises/{promise}"):
            assert "ann had it until 23:10; nobody has it now." in visitor.ask(path)[2], path


def test_whoever_is_asked_can_answer_as_often_as_they_are_asked(tmp_path: Path) -> None:
    """Taking it again is heard though it says the same as before: nobody else is told, and ann has it."""
    with Served(tmp_path, ALL, Peopled(MINUTES)) as served:
        visitor, proof, promise = taken(served)
        form = {"proof": proof, "name": "ann", "promise": promise}
        for times in (2, 3):
            run(served, 125)
            assert [visitor.ask("/acts/acknowledge", form)[0] for _ in range(2)] == [303, 303]
            served.go(3)
            assert len(acts(served)) == times, "once, however often it is sent"
        run(served, 60)
        assert "ann has it, since" in visitor.ask("/")[2]
        told = [row.notice for row in served.caller.host.read_model.notices()]
        assert not [notice for notice in told if notice.text.endswith("Nobody has it any more.")]
        run(served, 240)
        assert "nobody has it now" in visitor.ask("/")[2]
        assert visitor.ask("/acts/acknowledge", form)[0] == 303
        served.go(3)
        assert "ann has it, since" in visitor.ask("/")[2], "what lapsed can be taken anew by the same person"


def test_a_shift_ends_what_its_people_have(tmp_path: Path) -> None:
    """With the next shift nobody has what Ann took in hers, and Bob's button takes it."""
    with Served(tmp_path, ALL, Peopled(SHIFTS)) as served:
        visitor, proof, promise = taken(served)
        run(served, 250)
        page = visitor.ask("/")[2]
        assert "ann had it until 23:10; nobody has it now." in page
        back = {"proof": proof, "name": "ann", "promise": promise}
        assert visitor.ask("/acts/give-back", back)[0] == 409, "nobody has it"
        assert visitor.ask("/acts/acknowledge", {"proof": proof, "name": "bob", "promise": promise})[0] == 303
        assert "bob has it, since 23:1" in visitor.ask("/")[2], "at once, before the routers have heard of it"


def test_what_comes_back_stays_with_who_had_it(tmp_path: Path) -> None:
    """Trouble that returns within `well_for` is another promise of the same holder's, and the board says so."""
    with Served(tmp_path, ALL, Peopled(MINUTES)) as served:
        visitor, _, promise = taken(served)
        served.send(register("r", served.now))
        served.go(4)
        served.send(waiting("again", served.now))
        served.go(48)
        other = owed(served)["s3/q1"]
        assert other != promise
        assert "ann has it, since" in visitor.ask(f"/promises/{other}")[2]
