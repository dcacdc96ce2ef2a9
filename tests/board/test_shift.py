"""The shift's promises: what it did and what it hands over, from when it began."""

from __future__ import annotations

from pathlib import Path

from streams.board.shift import on_shift
from tests.board.serving import Served, fill
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, register
from tests.streams.hosting import SECOND, T0

POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
  bob: {addresses: {mail: bob@shop.example}}
teams:
  floor: {members: [{person: ann, shift: early}, {person: bob, shift: late}]}
calendars:
  early: {timezone: UTC, hours: {daily: ["06:00-14:00"]}}
  late: {timezone: UTC, hours: {daily: ["14:00-24:00"]}}
routes:
  - {match: no-wait, tell: floor}
"""


def test_a_shift_is_who_is_on_and_since_when(tmp_path: Path) -> None:
    """Those whose shift it is are named, with what has been settled since it began, and what is still owed."""
    with Served(tmp_path, peopled=Peopled(f"{POLICY}sites: {{s9: {{timezone: Europe/Lisbon}}}}\n")) as served:
        fill(served)
        people = served.caller.host.people
        on = on_shift(people, served.now)
        assert on.teams == {"floor": ["bob"]}
        assert on_shift(people, T0 + 12 * 3600 * SECOND).teams == {"floor": ["ann"]}
        page = Visitor(served).ask("/shift")[2]
        assert "<dt>floor</dt><dd>bob</dd>" in page
        assert "<dt>Kept</dt><dd>1</dd>" in page
        assert "<dt>Broken</dt><dd>1</dd>" in page
        assert '<a href="/?part=overdue">1 overdue</a>' in page
        assert "0 to talk over" in page, "what is overdue is done first"
        served.send(register("late", served.now, queue="q2"))
        served.go(3)
        assert '<a href="/debriefs">1 to talk over</a>' in Visitor(served).ask("/shift")[2]
        assert "0 to talk over" in Visitor(served).ask("/shift?site=s9")[2]
        elsewhere = Visitor(served).ask("/shift?site=s9")[2]
        assert "<dt>Broken</dt><dd>0</dd>" in elsewhere


def test_without_shifts_it_is_the_day(busy: Served) -> None:
    """Where nobody has a shift, the page is about what was settled since midnight, and says so."""
    page = Visitor(busy).ask("/shift")[2]
    assert "No shift is known; this is since midnight" in page
    assert on_shift(None, busy.now).teams == {}
