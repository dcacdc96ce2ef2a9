"""One message of several promises: whatever they are called, and what of them is said first."""

import pytest
from msgspec.structs import replace

from alerts.channels.webhook import body
from standards.judge.numbers import Numbers
from tests.alerts.playing import LOUD, Floor, line
from tests.alerts.test_relevance import NOON

SECOND = 1_000_000

TOGETHER = "kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, group_by: site, group_wait: 5s}]"


@pytest.mark.parametrize("name", ["2²", "①", "9" * 5000, "٣", "till-007"])
def test_no_name_of_a_subject_keeps_a_message_back(name: str) -> None:
    """Digits that are no numbers, or numbers that no machine adds up, are told like any other name."""
    floor = Floor(TOGETHER)
    floor.play([line(0, "broken", "p"), line(0, "broken", name)], 60)
    assert [set(told.speaks_for) for told in floor.notices] == [{"p", name}]


def test_a_digest_of_one_says_its_task_once() -> None:
    """One promise that was held back is its own text, and that it was held back."""
    floor = Floor(LOUD.replace("ann@shop.example}}", "ann@shop.example}, budget: 1}", 1))
    floor.play([line(0, "broken", "p", of="greeting"), line(1, "broken", "q", of="greeting", site="s2")], 3600)
    last = floor.notices[-1]
    assert (last.id.partition(":")[0], last.text.count("Open the next register")) == ("digest", 1)
    assert last.text.endswith("\nHeld back until now.")


def test_a_digest_begins_with_trouble() -> None:
    """That a page is well again stands below a ticket that is not."""
    floor = Floor(
        "kept: 1\npeople: {ann: {quiet: noon}}\nroutes: [{tell: ann, repeat: never, group_by: [queue]}]\n"
        "calendars: {noon: {timezone: Europe/Warsaw, hours: {daily: ['12:05-14:00']}}}\n"
    )
    floor.play(
        [line(0, "broken", "p"), line(600, "fulfilled_late", "p"), line(700, "broken", "q", of="greeting")], 8000
    )
    digest = floor.notices[-1]
    assert (digest.promise, digest.kind, digest.speaks_for) == ("q", "broken", ("q", "p"))
    assert digest.text.splitlines()[2].startswith("- s1, q: Open the next register.")


def test_what_only_informs_has_no_all_clear() -> None:
    """Severity `info`: it stands in a digest once, and that it is over in none; that it was wrong is said."""
    lines = [replace(it, severity="info") for it in (line(0, "broken", "p"), line(1200, "fulfilled_late", "p"))]
    floor = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n")
    floor.play(lines, 7200)
    assert [told.kind for told in floor.notices] == ["broken"]
    assert ("ann", "nobody-waits-for-it", 1320) in floor.unsaid("p")
    wrong = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n")
    wrong.play([lines[0], replace(line(1200, "corrected", "p", was="broken"), severity="info")], 7200)
    assert [told.kind for told in wrong.notices] == ["broken", "corrected"]


def test_one_person_on_two_routes_hears_a_verdict_once() -> None:
    """Repeated on one route more often than on the other: that it is broken now is told by the first alone."""
    floor = Floor(
        "kept: 1\npeople: {ann: {}}\n"
        "routes: [{name: a, tell: ann, repeat: 10m, continue: true}, {name: b, tell: ann, repeat: 30m}]\n"
    )
    floor.play([line(0, "warned", "p"), line(720, "broken", "p")], 900)
    assert floor.said() == [("ann", "warned", "p", 0), ("ann", "warned", "p", 600), ("ann", "broken", "p", 720)]
    assert floor.unsaid("p") == [("ann", "repeated", 0), ("ann", "repeated", 720)]


def group(*counts: int) -> str:
    """Play a warning for each of some counts of who waits, and give the message of all of them."""
    floor = Floor(TOGETHER)
    lines = [
        replace(line(second, "warned", f"q{second}"), numbers=Numbers(NOON + second * SECOND, {"waiting": count}))
        for second, count in enumerate(counts)
    ]
    floor.play(lines, 60)
    (told,) = floor.notices
    assert b"presses" not in body(told)
    return told.text


def test_each_of_a_small_group_says_its_own_fact() -> None:
    """Three people at one till say nothing of the nine at the next: each of a few has a line of its own."""
    assert group(7, 9, 1).splitlines()[1:] == [
        "The same for 2 more:", "- q1: 9 people waiting at 11:00:01.", "- q2: 1 person waiting at 11:00:02.",
    ]  # fmt: skip


def test_a_large_group_says_between_how_few_and_how_many() -> None:
    """Of more than that, what is asked is how bad it is anywhere: the least, the most, and from when to when."""
    text = group(7, 9, 4, 5, 6)
    assert text.endswith(
        "The same for 4 more: q1 to q4. 4 to 9 people waiting at each of these (11:00:01 to 11:00:04)."
    )


def test_a_group_of_which_one_counts_nothing_says_no_range() -> None:
    """What is not known of all of them is said of none."""
    floor = Floor(TOGETHER)
    lines = [line(0, "warned", f"q{number}") for number in range(6)]
    floor.play([*lines[:5], replace(lines[5], numbers=Numbers(NOON, {"waiting": 5}))], 60)
    assert "people waiting at each" not in floor.notices[0].text
