"""The inbox: nobody is nagged, and nothing is lost."""

from itertools import pairwise
from pathlib import Path
from textwrap import indent

import msgspec

from tests.alerts.playing import HOUR, LOUD, NOON, SECOND, Floor, act, line

QUIET = LOUD.replace("ann@shop.example}", "ann@shop.example}, quiet: night, timezone: Europe/Warsaw") + (
    "calendars: {night: {timezone: Europe/Warsaw, hours: {daily: ['11:00-12:30']}}}\n"
)
GOLDENS = Path(__file__).parent.parent / "data" / "goldens"


def budget(messages: int) -> str:
    return LOUD.replace("ann@shop.example}", f"ann@shop.example}}, budget: {messages}").replace(
        "well_for: 0s", "well_for: 0s, group_by: [queue]"
    )


def test_tickets_beyond_somebodys_budget_are_in_their_digest() -> None:
    """500 tickets over ten sites: at most six messages in any hour, digests aside, and every promise is in one."""
    floor = Floor(budget(6))
    floor.play([line(n, "broken", f"q{n}", of="greeting", site=f"s{n % 10}") for n in range(500)], 7200)
    times = [notice.decided for notice in floor.notices if not notice.id.startswith("digest:")]
    assert all(later - earlier >= HOUR for earlier, later in zip(times, times[6:], strict=False))
    named = {promise for notice in floor.notices for promise in notice.speaks_for}
    assert named == {f"q{n}" for n in range(500)}
    assert len(floor.notices) == 7
    assert {reason for n in range(6, 500) for _, reason, _ in floor.unsaid(f"q{n}")} == {"budget"}


def test_the_storm_in_groups_needs_a_message_for_each_site() -> None:
    """Grouped by site, the same storm is one message for each site where it comes at once."""
    floor = Floor(LOUD.replace("well_for: 0s", "group_by: [site], group_wait: 10s"))
    floor.play([line(n / 100, "broken", f"q{n}", site=f"s{n % 10}") for n in range(500)], 7200)
    assert len(floor.notices) == 10
    assert {promise for notice in floor.notices for promise in notice.speaks_for} == {f"q{n}" for n in range(500)}


def test_a_digest_is_ordered_by_risk() -> None:
    """A digest begins with what presses most: pages before tickets, what can still be prevented before what is over."""
    floor = Floor(budget(1))
    facts = [
        line(0, "broken", "first"), line(1, "broken", "g", of="greeting"), line(2, "warned", "h", of="greeting"),
        line(3, "broken", "p"), line(4, "warned", "w"), line(5, "warned", "k"), line(6, "kept", "k"),
    ]  # fmt: skip
    floor.play(facts, 7200)
    summary, message = floor.notices[1:]
    assert [(notice.decided - NOON) // SECOND for notice in (summary, message)] == [33, 601]
    assert summary.promises == ("w", "p")
    assert summary.text == (
        "s1: Open the next register.\n2 promises in this message, as there are so many. 1 of them is broken. "
        "Overdue since 11:00:03 UTC. Next due: s1, w, 21:00:00 UTC.\n- s1: p, w (broken: p)"
    )
    assert message.promises == ("h", "g")
    assert message.text == (
        "s1: Open the next register.\nHeld back until now: 2 promises, the most pressing first. "
        "Overdue since 11:00:01 UTC. Next due: s1, h, 21:00:00 UTC.\n"
        "- s1, h: Open the next register. Since 11:00:00, due 21:00:00 UTC.\n"
        "- s1, g: Open the next register. Since 11:00:00, broken at 11:00:01 UTC."
    )


def test_every_message_to_people_reads_as_it_should() -> None:
    """What is told to several, passed on, repeated and gathered into a digest: word for word."""
    together = "well_for: 0s, group_by: [site], group_wait: 5s, repeat: 30m, escalate: [{after: 5m, tell: bob}]"
    floor = Floor(
        LOUD.replace("well_for: 0s, repeat: never", together).replace(
            "bob@shop.example}", "bob@shop.example}, budget: 1"
        )
    )
    floor.go(4, [line(n, "warned", f"q{n}") for n in range(4)])
    floor.go(400, [line(400, "kept", f"q{n}") for n in range(3)])
    floor.go(2 * 3600)
    page = "".join(f"{told.to}, {told.kind}:\n{indent(told.text, '    ')}\n" for told in floor.notices)
    assert page == (GOLDENS / "people.txt").read_text(encoding="utf-8")


def test_a_correction_for_the_worse_wakes_people_as_the_trouble_itself_would() -> None:
    """Learned at night that a page was broken after all: nobody sleeps over it."""
    floor = Floor(QUIET)
    worse = msgspec.structs.replace(line(10, "corrected", "p", was="kept"), state="broken", verdict="broken")
    floor.play([worse], 100)
    assert floor.said() == [("ann", "corrected", "p", 10)]
    assert floor.notices[0].looks_like == "broken"


def test_only_a_page_goes_through_quiet_hours() -> None:
    """At night a page wakes somebody; a ticket waits for the morning, and nothing of it is lost."""
    floor = Floor(QUIET)
    floor.play([line(10, "broken", "p"), line(20, "broken", "g", of="greeting")], 2000)
    assert floor.said() == [("ann", "broken", "p", 10), ("ann", "broken", "g", 1800)]
    assert floor.unsaid("g") == [("ann", "quiet-hours", 20)]
    assert "broken at 12:00:10." in floor.notices[0].text


def test_a_digest_is_not_kept_waiting_by_what_goes_on_coming() -> None:
    """However much comes, there is a digest every half hour: it is outside of the budget."""
    floor = Floor(budget(3))
    floor.play([line(n * 60, "broken", f"q{n}", of="greeting") for n in range(600)], 11 * 3600)
    digests = [notice.decided for notice in floor.notices if notice.id.startswith("digest:")]
    assert max(later - earlier for earlier, later in pairwise(digests)) <= HOUR // 2 + 600 * SECOND
    named = {promise for notice in floor.notices for promise in notice.speaks_for}
    assert named == {f"q{n}" for n in range(600)}


def test_an_inbox_is_forgotten_an_hour_after_its_last_message() -> None:
    """Nothing is kept of somebody for whom nothing waits."""
    floor = Floor()
    floor.play([line(0, "warned", "p"), line(5, "kept", "p")], 3604)
    assert list(floor.calls.throttles) == ["ann"]
    floor.go(3605)
    assert floor.calls.throttles == {}


def test_a_digest_waits_for_its_time_and_for_the_end_of_quiet_hours() -> None:
    """Held five minutes before the quiet hours end: five after. Held long before: when they end."""
    quiet = QUIET.replace("11:00-12:30", "11:00-12:30")
    late = Floor(quiet)
    late.play([line(25 * 60, "broken", "g", of="greeting")], 3600)
    early = Floor(quiet)
    early.play([line(60, "broken", "g", of="greeting")], 3600)
    assert [at for floor in (late, early) for _, _, _, at in floor.said()] == [35 * 60, 30 * 60]


def test_what_informs_is_in_a_digest_and_has_no_end() -> None:
    """Given up, in the words of the judge: nobody waits for it any more, which wakes nobody and goes with others."""
    floor = Floor()
    over = msgspec.structs.replace(line(600, "fulfilled_late", "p"), kind="given_up", state="given_up")
    floor.play([line(0, "broken", "p"), over], 3600)
    assert floor.said() == [("ann", "broken", "p", 0), ("ann", "given_up", "p", 1200)]


NIGHT = """
kept: 1
calendars:
  early: {timezone: Europe/Warsaw, hours: {daily: ["06:00-14:00"]}}
  late: {timezone: Europe/Warsaw, hours: {daily: ["14:00-22:00"]}}
  night: {timezone: Europe/Warsaw, hours: {daily: ["22:00-06:00"]}}
people: {ann: {quiet: night}, bob: {quiet: night}, chief: {}}
teams: {floor: {members: [{person: ann, shift: early}, {person: bob, shift: late}]}}
routes:
  - {match: {severity: page}, tell: floor, group_wait: 5s, escalate: [{after: 5m, tell: chief}]}
  - {tell: floor, mute: night}
"""


def test_a_page_at_night() -> None:
    """At two, nobody on shift: all of the team, then the chief. Ann takes it; its end wakes only her and the chief."""
    two = 14 * 3600  # from noon
    act_at, done = two + 6 * 60, two + 20 * 60
    floor = Floor(NIGHT)
    facts = [line(two + 30, "warned", "p"), line(two + 60, "broken", "p")]
    facts = [msgspec.structs.replace(each, due=NOON + (two + 60) * SECOND) for each in facts]
    floor.play([*facts, act(act_at, "acknowledged", promise="p"), line(done, "fulfilled_late", "p")], 18 * 3600 + 60)
    told = [(to, kind, at - two) for to, kind, _, at in floor.said()]
    assert told == [
        ("ann", "warned", 35), ("bob", "warned", 35), ("ann", "broken", 65), ("bob", "broken", 65),
        ("chief", "broken", 335), ("ann", "fulfilled_late", 22 * 60), ("chief", "fulfilled_late", 22 * 60),
        ("bob", "fulfilled_late", 4 * 3600),
    ]  # fmt: skip


def test_a_ticket_at_night() -> None:
    """Broken at eleven under a mute: at six who is on shift hears of it; done at five, nobody does."""
    eleven, six = 11 * 3600, 18 * 3600
    floor = Floor(NIGHT)
    floor.play([line(eleven, "broken", "g", of="greeting")], six + 60)
    assert floor.said() == [("ann", "broken", "g", six)]
    assert floor.notices[0].text.endswith("Muted until 05:00:00.")
    over = Floor(NIGHT)
    over.play([line(eleven, "broken", "g", of="greeting"), line(six - 3600, "fulfilled_late", "g")], six + 60)
    assert over.said() == []
