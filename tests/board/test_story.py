"""The story's promises: every line, both clocks, each notice that was sent and each that was not, with its reason."""

from __future__ import annotations

from typing import Final, Literal
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from alerts.routing.actions import HANDED_ON, Action
from alerts.routing.notice import Notice, Reason, Withheld
from alerts.words.words import LANGUAGES
from standards.judge.events import EventType
from standards.judge.ledger import Line
from standards.judge.promise import Kind, State, Verdict
from standards.judge.score import Score
from standards.judge.standard import Objective
from streams.board.having import having
from streams.board.notices import NotTold, Told
from streams.board.notices import draw as draw_notices
from streams.board.opening_hours import Opening
from streams.board.paging import Paged
from streams.board.reportable import Report
from streams.board.shell import Shell, page
from streams.board.standards import Scores
from streams.board.standards import draw as draw_standards
from streams.board.story import Story, draw
from streams.board.timeline import timeline
from streams.storage.promise_view import PromiseView
from streams.storage.rows import Delivery, DeliveryState, NoticeRow, PromiseRow, SuppressedFilter
from streams.storage.status import Status
from tests.alerts.test_relevance import REGISTER
from tests.board.serving import Served, owed
from tests.streams.hosting import SECOND, T0

UTC = ZoneInfo("UTC")
REPORTS = [Report(EventType("register.opened", {}), {}, {}, ())]
SHELL = Shell(T0 + 200 * SECOND, UTC, status=Status(ready=True))


def line(kind: str, at: int, state: str, elapsed: int) -> Line:
    return Line(f"p.{at}", "p", "s", "r", "q", kind, T0 + at * SECOND, T0 + at * SECOND, T0, state,  # type: ignore[arg-type]
                due=T0 + 60 * SECOND, elapsed=elapsed * SECOND)  # fmt: skip


LINES = [line("opened", 0, "open", 0), line("paused", 20, "paused", 20), line("resumed", 80, "open", 20)]
ROW = PromiseRow("p", "s", "r", "q", "lead", "speed", "page", {}, "open", None, T0, T0 + 120 * SECOND, -1,
                 20 * SECOND, 80 * SECOND, warned=False, corrected=False)  # fmt: skip


def test_a_pause_is_seen_in_the_picture() -> None:
    """The standard's clock is drawn with its gap, the customer's without."""
    drawn = timeline(SHELL, ROW, LINES, T0 + 100 * SECOND)
    assert [drawn.count(f"bar {kind}") for kind in ("runs", "stands", "waits")] == [2, 1, 1]
    assert "1 min 40 s passed for the customer, 20 s by the clock of the standard with 1 pause" in drawn


@pytest.mark.parametrize(
    ("state", "verdict", "said"), [("open", None, False), ("paused", None, True), ("kept", "kept", True)]
)
def test_a_running_clock_is_not_told_as_of_the_last_line(state: State, verdict: Verdict | None, said: bool) -> None:
    """How long a promise's own clock has run is told once it stands or ended: a last line does not know of now."""
    row = replace(ROW, state=state, verdict=verdict)
    assert ("By its own clock" in draw(SHELL, Story(PromiseView(row, LINES, [], "{}", []), None, []))) is said


def test_what_was_not_sent_is_told_with_its_reason() -> None:
    """Whoever was not told finds out why, and so does whoever wonders."""
    kept_back = [Withheld("w", "p", "p.0", "Ania", "budget", T0), Withheld("x", "p", "p.0", "", "no-route", T0)]
    kept_back.append(Withheld("y", "p", "p.0", "Ania", "cured", T0))
    drawn = draw(SHELL, Story(PromiseView(ROW, LINES, [], "{}", kept_back), None, []))
    assert "to Ania: held back by the budget, and not told so far" in drawn
    assert "not told: the policy names nobody for it" in drawn
    assert "Nobody was told anything about it." in drawn


def test_what_waits_for_a_digest_is_not_called_told() -> None:
    """The page does not say that nobody was told beside a line that was: both say that it waits, and for what."""
    kept_back = [Withheld("w", "p", "p.0", "Ania", "quiet-hours", T0)]
    view = PromiseView(ROW, LINES, [], "{}", kept_back)
    drawn = draw(SHELL, Story(view, None, [], reasons={"p.0": "told"}))
    assert "Nobody was told anything about it." not in drawn
    assert "Nobody has been told yet: it waits for a message that tells of several." in drawn
    assert ">told<" not in drawn
    assert drawn.count("held back in quiet hours, and not told so far") == 2


def sent(to: str, seconds: int, *, of: str = "p.0") -> NoticeRow:
    told = Notice(f"{of}:{to}", "warned", "p", "s", "r", "q", T0, "Ask.", to=to, decided=T0 + seconds * SECOND)
    return NoticeRow(told)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("delivered", "bob has not taken it yet. bob was told so at 23:07."),
        ("waiting", "bob has not taken it yet. The message to bob has not gone out."),
        ("", "bob has not taken it yet.<"),
    ],
)
def test_the_story_says_when_whoever_is_to_take_it_was_told(state: DeliveryState | Literal[""], said: str) -> None:
    """Who reads that something was handed on reads whether the other one knows, as the notices show it."""
    handed = Action("h", T0 + 25 * SECOND, "Ania", "p", HANDED_ON, "s", {"to": "bob"})
    before, after = sent("Bob", 20), sent("Bob", 30)
    fares = [Delivery("n", "mail", state)] if state else []
    notices = [NoticeRow(it.notice, fares) for it in (before, *([after] if state else []))]
    view = PromiseView(ROW, LINES, notices, "{}", [])
    drawn = draw(SHELL, Story(view, None, [handed], having=having([handed])))
    assert said in drawn


OVER: Final = "not told: it was over before anybody had to know"


@pytest.mark.parametrize(
    ("withheld", "sent_to", "reason", "said"),
    [
        ([("Ania", "budget", 0)], ("Ania", 30), "told", "held back by the budget; the message of 23:07:10 names it"),
        ([("Ania", "budget", 0)], ("Bob", 30), "told", "held back by the budget, and not told so far"),
        ([("Ania", "budget", 0), ("Ania", "cured", 9)], None, "told", OVER),
        ([("Ania", "budget", 0)], ("Bob", 0), "told", "told"),
        ([], ("Ania", 5), "grouped", "not told by itself: the message of 23:06:45 speaks for it"),
        ([("Ania", "grouped", 5)], ("Bob", 0, "p.0"), "grouped", "told"),
        ([("Ania", "grouped", 5)], ("webhook", 0, "p.0"), "grouped",
         "not told by itself, and by no other message so far"),
        ([("Ania", "grouped", 5)], ("Ania", 30), "grouped",
         "not told by itself: the message of 23:07:10 speaks for it"),
        ([("Ania", "cured", 3)], None, "grouped", OVER),
        ([], None, "grouped", "not told by itself, and by no other message so far"),
        ([("Ania", "muted", 0)], ("Ania", 30), "muted", "not told: it is muted at this time"),
    ],
)  # fmt: skip
def test_a_line_is_told_as_it_was(
    withheld: list[tuple[str, Reason, int]],
    sent_to: tuple[str, int, str] | tuple[str, int] | None,
    reason: str,
    said: str,
) -> None:
    """What was left to another message is called told only where one went out to that person, with its time."""
    held = [Withheld(f"w{at}", "p", "p.0", to, why, T0 + at * SECOND) for to, why, at in withheld]
    to, at, of = (*sent_to, "p.9")[:3] if sent_to else ("", 0, "")
    view = PromiseView(ROW, LINES, [sent(to, at, of=of)] if to else [], "{}", held)
    assert SHELL.reason(*view.reason_of(LINES[0], reason)) == said


def test_each_notice_that_was_not_sent_says_which_message_named_it() -> None:
    """Of two from whom it was kept back the one who got the summary has its time beside it, and the other has not."""
    held = [Withheld(f"w{to}", "p", "p.0", to, "budget", T0) for to in ("Ania", "Bob")]
    drawn = draw(SHELL, Story(PromiseView(ROW, LINES, [sent("Ania", 30)], "{}", held), None, []))
    assert "to Ania: held back by the budget; the message of 23:07:10 names it" in drawn
    assert "to Bob: held back by the budget, and not told so far" in drawn


def test_what_to_do_and_the_buttons_come_before_the_history() -> None:
    """Who opens the page on a phone need not scroll past what happened to do something about it."""
    shell = Shell(T0 + 200 * SECOND, UTC, status=Status(ready=True), acts=True)
    overdue = replace(ROW, state="broken", verdict="broken", settled=T0 + 60 * SECOND)
    for row in (ROW, overdue):
        view = PromiseView(row, LINES, [], "{}", [])
        story = Story(view, REGISTER, [], overdue=row is overdue, acknowledges=True, reports=REPORTS)
        drawn = draw(shell, story)
        said = (REGISTER.what, "Nobody has it yet.", "I have it", "It is done", "Its time", "What happened")
        places = [drawn.index(each) for each in said]
        assert places == sorted(places)
    settled = Story(PromiseView(replace(overdue, state="late"), LINES, [], "{}", []), REGISTER, [], reports=REPORTS)
    assert "It is done" not in draw(shell, settled)
    assert settled.debriefs, "it is still to be talked over"
    kept = Story(PromiseView(replace(ROW, state="kept", verdict="kept"), LINES, [], "{}", []), REGISTER, [])
    drawn = draw(shell, kept)
    assert drawn.index("What happened") < drawn.index("What helps")


def test_a_notice_says_whether_what_it_tells_of_is_owed_still() -> None:
    """Of what was broken, some is done by now and some is not: the list of notices says which, and how late it is."""
    rows = [NoticeRow(made(name, "broken")) for name in ("p", "done")] + [NoticeRow(made("p", "warned"))]
    drawn = draw_notices(SHELL, Told(Paged(rows), Paged(), {}, {"p"}), NotTold(Paged(), SuppressedFilter()))
    assert drawn.count("still owed, 2 min 20 s late") == 1
    assert drawn.index("still owed") < drawn.index("/promises/done")


def made(promise: str, kind: Kind) -> Notice:
    due = T0 + 60 * SECOND
    return Notice(f"{promise}.{kind}", kind, promise, "s", "r", "q", due, "Open it.", due=due)


@pytest.mark.parametrize(
    ("kept", "broken", "said"),
    [
        (0, 3, "Below the goal of 90% so far, of 3 promises."),
        (10, 30, "Below the goal of 90%, more than chance explains."),
        (26, 4, "Below the goal of 90% so far, of 30 promises."),
        (1, 0, "The goal of 90% is met so far, of 1 promise."),
        (19, 1, "The goal of 90% is met so far, of 20 promises."),
        (400, 0, "The goal of 90% is met."),
    ],
)
def test_a_goal_is_held_against_what_chance_explains(kept: int, broken: int, said: str) -> None:
    """Small numbers are told as what they are, and no page speaks of those at work."""
    standard = replace(REGISTER, objective=Objective(0.9, 28 * 86_400 * SECOND))
    score = {standard.id: Score(opened=kept + broken, kept=kept, broken=broken)}
    assert f">{said}<" in draw_standards(SHELL, {standard.id: standard}, Scores({}, {}, score, {}, []), Opening())


@pytest.mark.parametrize(("behind", "told"), [(60, ""), (90, ""), (91, "Judging is 31 s behind the clock")])
def test_waiting_for_events_is_not_being_behind(behind: int, told: str) -> None:
    """With a grace of a minute judging stands a minute behind the clock; only what is beyond that is told of."""
    status = Status(ready=True, low=T0 - behind * SECOND, grace=60 * SECOND)
    drawn = page(Shell(T0, UTC, status=status), "Now", "/")
    assert ("behind the clock" in drawn) == bool(told)
    assert told in drawn


@pytest.mark.parametrize(
    ("more", "state", "waited"),
    [
        (["fulfilled_late"], "late", 130),
        (["fulfilled_late", "corrected"], "excused", 130),  # an excuse that comes later makes nobody wait
        (["fulfilled_late", "undone", "ended"], "ended", 150),  # what was taken back was not done
        (["fulfilled_late", "undone", "fulfilled_late"], "late", 150),
        (["ended"], "ended", 130),
    ],
)
def test_the_customer_waits_until_it_was_done(more: list[str], state: str, waited: int) -> None:
    """Whatever is said of it afterwards, the wait is over when it was done for good, or came to nothing."""
    kinds = [line("opened", 0, "open", 0), line("broken", 120, "broken", 120)]
    kinds += [line(kind, 130 + 10 * number, state, 120) for number, kind in enumerate(more)]
    row = replace(ROW, state=state, verdict="broken", settled=T0 + 900 * SECOND)
    story = Story(PromiseView(row, kinds, [], "{}", []), REGISTER, [])
    assert story.waited_until(T0 + 2_000 * SECOND) == T0 + waited * SECOND


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_columns_of_what_happened_are_seen(busy: Served, browser: Browser, language: str) -> None:
    """On a screen of 1280 pixels none is cut off, in any language."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, extra_http_headers={"Accept-Language": language})
    page.goto(f"{busy.url}/promises/{owed(busy)['s3/q3']}")
    assert page.locator(".lines-of").evaluate("each => each.scrollWidth <= each.clientWidth")
    page.close()
