"""The relevance filter: which lines somebody hears of, in which words, and why not."""

import io
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from alerts.channels.console import Console, row
from alerts.policy.policy import Policy
from alerts.routing.notice import Notice
from standards.errors import DeliveryError
from standards.judge.ledger import Line
from standards.judge.promise import VERDICTS, Kind, State
from standards.judge.shapes import Response
from standards.judge.standard import Clause, Standard
from streams.runtime.router_runtime import AlertResult
from tests.alerts.hearing import Hearing

MINUTE = 60_000_000
HOUR = 60 * MINUTE
NOON = 1_768_042_800_000_000
"""2026-01-10T11:00:00Z, noon in Warsaw."""
GOLDENS = Path(__file__).parent.parent / "data" / "goldens"

REGISTER = Standard(
    "no-wait", "r1", ("site", "queue"), Response(Clause("queue.length"), Clause("register.opened"), MINUTE),
    promise="You will never stand behind more than three people.", what="Open the next register.",
    how="Call the next name on the standby list.", why="A broken sign costs more trust than no sign at all.",
    exceptions="Till outage.", owner="floor-lead", severity="page",
)  # fmt: skip
CALLBACK = Standard(
    "call-back", "r2", ("contact",), Response(Clause("callback.promised"), Clause("callback.made"), 24 * HOUR),
    promise="We call back within a day.",
)  # fmt: skip
POLICY = Policy({"r1": REGISTER, "r2": CALLBACK})


def line(kind: Kind, seconds: float, state: State, *, ordinal: int = 1, of: Standard = REGISTER, promise: str = "p1",
         known: float | None = None, was: State | None = None) -> Line:  # fmt: skip
    at = NOON + round(seconds * 1_000_000)
    subject = "s3/q1" if of is REGISTER else "c-17"
    due = NOON + (MINUTE if of is REGISTER else 24 * HOUR)
    return Line(
        f"{promise}.{ordinal}", promise, of.id, of.revision, subject, kind, at,
        at if known is None else NOON + round(known * 1_000_000), NOON, state, owner=of.owner, due=due,
        verdict=VERDICTS.get(state), was=None if was is None else VERDICTS.get(was),
    )  # fmt: skip


def told(*lines: Line, policy: Policy = POLICY, now: int = -1) -> AlertResult:
    return Hearing(policy).push(lines, now)


OPENED = line("opened", 0, "open")
WARNED = line("warned", 20, "warned", ordinal=2)
BROKEN = line("broken", 60, "broken", ordinal=3)

EVERY_NOTICE = {
    "warned": [WARNED],
    "broken": [BROKEN],
    "lost": [line("lost", 60, "unknown", ordinal=3)],
    "kept after a warning": [WARNED, line("kept", 50, "kept", ordinal=3)],
    "voided after a warning": [WARNED, line("voided", 50, "void", ordinal=3)],
    "excused after a warning": [WARNED, line("excused", 50, "excused", ordinal=3)],
    "fulfilled late": [BROKEN, line("fulfilled_late", 190, "late", ordinal=4)],
    "corrected to kept": [BROKEN, line("corrected", 59, "kept", ordinal=4, known=300, was="broken")],
    "corrected to void": [BROKEN, line("corrected", 40, "void", ordinal=4, known=300, was="broken")],
    "corrected to excused": [BROKEN, line("corrected", 400, "excused", ordinal=4, was="broken")],
    "corrected from unknown": [line("lost", 60, "unknown", ordinal=3), line("corrected", 9, "kept", was="unknown")],
    "corrected to broken": [line("corrected", 60, "broken", ordinal=4, known=300, was="kept")],
    "corrected to owed": [BROKEN, line("corrected", 30, "open", ordinal=4, known=300, was="broken")],
    "withdrawn": [BROKEN, line("withdrawn", 300, "withdrawn", ordinal=4, was="broken")],
    "withdrawn for another that is well": [
        BROKEN,
        msgspec.structs.replace(line("withdrawn", 300, "withdrawn", ordinal=4, was="broken"), replaced_by="p2"),
        msgspec.structs.replace(line("kept", 50, "kept", promise="p2"), replaces="p1"),
    ],
    "heard of too late": [msgspec.structs.replace(line("lost", 60, "unknown"), reason="came-too-late")],
    "due on another day": [line("warned", 12 * 3600, "warned", of=CALLBACK)],
    "without what to do": [line("broken", 24 * 3600, "broken", of=CALLBACK)],
}


def test_every_notice_reads_as_it_should() -> None:
    """Every kind of notice says what to do first, then how the promise's clock stands: word for word."""
    texts = {name: told(*lines).notices[-1].text for name, lines in EVERY_NOTICE.items()}
    local = told(WARNED, policy=Policy(POLICY.standards, ZoneInfo("Europe/Warsaw"))).notices[-1].text
    page = "".join(f"{name}:\n    {text}\n" for name, text in {**texts, "in the shop's zone": local}.items())
    assert page == (GOLDENS / "notices.txt").read_text(encoding="utf-8")


def test_a_notice_says_what_how_why_and_what_excuses() -> None:
    """Whoever reads a notice needs nothing else to act."""
    (notice,) = told(WARNED).notices
    assert notice == Notice(
        id="p1.2", kind="warned", promise="p1", standard="no-wait", revision="r1", subject="s3/q1", at=WARNED.at,
        text="s3, q1: Open the next register. Since 11:00:00, due 11:01:00 UTC.", due=NOON + MINUTE,
        owner="floor-lead", what="Open the next register", wording=REGISTER.promise, how=REGISTER.how, why=REGISTER.why,
        exceptions=REGISTER.exceptions, where=("s3", "q1"), presses=NOON + MINUTE,
    )  # fmt: skip


def test_what_goes_well_is_not_told() -> None:
    """Nobody hears of a promise that was opened and kept, and the reason is given for each line."""
    step = told(OPENED, line("kept", 30, "kept", ordinal=2))
    assert step.notices == []
    assert step.reasons == {"p1.1": "not-actionable", "p1.2": "nobody-waits-for-it"}


@pytest.mark.parametrize("kind", ["kept", "voided", "excused", "corrected", "fulfilled_late"])
def test_nobody_hears_that_all_is_well_who_heard_of_no_trouble(kind: Kind) -> None:
    """The all-clear goes to those who were alarmed, and to nobody else."""
    state: State = "void" if kind == "voided" else "late" if kind == "fulfilled_late" else "kept"
    other = line("warned", 20, "warned", promise="p2")
    assert [notice.promise for notice in told(other, line(kind, 50, state)).notices] == ["p2"]


def test_the_all_clear_is_given_once() -> None:
    """One trouble, one all-clear."""
    well = line("kept", 50, "kept", ordinal=3)
    assert [notice.kind for notice in told(WARNED, well, well).notices] == ["warned", "kept"]


def test_however_the_lines_are_grouped_the_notices_are_the_same() -> None:
    """Given one line at a time or all at once, the filter says the same."""
    lines = [OPENED, WARNED, BROKEN, line("fulfilled_late", 90, "late", ordinal=4)]
    hearing = Hearing(POLICY)
    assert [notice for one in lines for notice in hearing.push([one]).notices] == told(*lines).notices


@pytest.mark.parametrize(("seconds", "reason"), [(20 + 172_800, "told"), (21 + 172_800, "nobody-waits-for-it")])
def test_a_warning_counts_for_two_days(seconds: float, reason: str) -> None:
    """Whoever was warned longer ago does not wait for an all-clear any more."""
    assert told(WARNED, line("kept", seconds, "kept", ordinal=3)).reasons["p1.3"] == reason


DUE = BROKEN.at


@pytest.mark.parametrize(
    ("now", "kinds", "reasons"),
    [
        (DUE - 1, ["warned"], ["not-actionable", "told"]),
        (DUE, ["broken"], ["not-actionable", "overdue", "told"]),
        (DUE + 9 * HOUR, ["broken"], ["not-actionable", "overdue", "told"]),
    ],
)
def test_nobody_is_warned_of_what_is_over(now: int, kinds: list[Kind], reasons: list[str]) -> None:
    """After a night without Kept one hears of what was broken, and not that there are seconds left to prevent it."""
    lines = [OPENED, WARNED] if now < DUE else [OPENED, WARNED, BROKEN]
    step = told(*lines, now=now)
    assert [notice.kind for notice in step.notices] == kinds
    assert list(step.reasons.values()) == reasons


def test_what_went_well_meanwhile_needs_no_all_clear() -> None:
    """A warning that came too late was not told, so nobody waits to hear that the promise was kept."""
    step = told(OPENED, WARNED, line("kept", 50, "kept", ordinal=3), now=DUE)
    assert list(step.reasons.values()) == ["not-actionable", "overdue", "nobody-waits-for-it"]


def test_a_warning_without_a_deadline_is_never_too_late() -> None:
    """Where no deadline is known, a warning is told whenever it comes."""
    endless = msgspec.structs.replace(WARNED, due=-1)
    assert told(endless, now=DUE + HOUR).notices != []


OLD = {"warned": WARNED, "broken": BROKEN, "unknown": line("lost", 60, "unknown", ordinal=3)}


@pytest.mark.parametrize(
    ("told_before", "stands", "reasons"),
    [
        ("warned", "broken", ["repeated", "told"]),
        ("broken", "broken", ["repeated", "repeated"]),
        ("unknown", "broken", ["repeated", "repeated"]),
        ("broken", "unknown", ["repeated", "repeated"]),
        ("warned", "warned", ["repeated", "repeated"]),
        ("broken", "warned", ["repeated", "repeated"]),
        ("", "broken", ["nobody-waits-for-it", "told"]),
        ("", "warned", ["nobody-waits-for-it", "told"]),
    ],
)
def test_the_same_need_under_another_id_is_told_only_if_it_is_worse(
    told_before: str, stands: str, reasons: list[str]
) -> None:
    """Who knows of the trouble is not told of it anew, nor that it was never owed; who knows of less hears of more."""
    kinds: dict[str, Kind] = {"broken": "broken", "unknown": "lost", "warned": "warned"}
    state: State = stands  # type: ignore[assignment]
    gone = msgspec.structs.replace(line("withdrawn", 90, "withdrawn", ordinal=9), replaced_by="p2")
    new = msgspec.structs.replace(line(kinds[stands], 40, state, promise="p2", ordinal=2), replaces="p1")
    hearing = Hearing(POLICY)
    hearing.push([OLD[told_before]] if told_before else [OPENED])
    assert list(hearing.push([gone, new]).reasons.values()) == reasons


@pytest.mark.parametrize("told_before", list(OLD))
def test_who_was_told_hears_that_it_is_well_under_another_id(told_before: str) -> None:
    """Where the promise that replaces another is kept, the withdrawal says so to those who were told of trouble."""
    gone = msgspec.structs.replace(line("withdrawn", 90, "withdrawn", ordinal=9), replaced_by="p2")
    new = msgspec.structs.replace(line("kept", 40, "kept", promise="p2", ordinal=2), replaces="p1")
    hearing = Hearing(POLICY)
    hearing.push([OLD[told_before]])
    found = hearing.push([gone, new])
    assert list(found.reasons.values()) == ["told", "nobody-waits-for-it"]
    assert [notice.kind for notice in found.notices] == ["withdrawn"]


def test_what_was_never_owed_is_taken_back() -> None:
    """Who was told of a promise that is withdrawn, and that no other replaces, hears that it was never owed."""
    (_, notice) = told(BROKEN, line("withdrawn", 90, "withdrawn", ordinal=4, was="broken")).notices
    assert notice.text == (
        "s3, q1: Taken back. This was never owed, as was learned afterwards. "
        "You will never stand behind more than three people."
    )


def test_what_comes_back_after_it_was_taken_back_is_told_anew() -> None:
    """People heard that it was never owed: that it is broken after all is news, or that it is time to act."""
    gone = line("withdrawn", 90, "withdrawn", ordinal=4, was="broken")
    broken = line("corrected", 60, "broken", ordinal=5, known=95, was="withdrawn")
    assert list(told(BROKEN, gone, broken).reasons.values()) == ["told", "told", "told"]
    warned = line("corrected", 30, "warned", ordinal=5, known=95, was="withdrawn")
    kept = line("kept", 100, "kept", ordinal=6)
    reasons = told(WARNED, gone, warned, kept).reasons
    assert list(reasons.values()) == ["told", "told", "told", "told"]


def later(made: Line, seconds: float) -> Line:
    """Give a line of a promise that is due so much after noon."""
    return msgspec.structs.replace(made, due=NOON + round(seconds * 1_000_000))


@pytest.mark.parametrize("before", [[WARNED, BROKEN], [BROKEN], [line("withdrawn", 50, "withdrawn", ordinal=4)]])
def test_what_can_still_be_kept_after_all_is_a_warning(before: list[Line]) -> None:
    """Corrected to where it was warned of, with time left: whoever is told hears what to do, not that all is well."""
    back = later(line("corrected", 30, "warned", ordinal=5, known=70, was=before[-1].state), 180)
    kept = later(line("kept", 100, "kept", ordinal=6), 180)
    found = told(*before, back, kept)
    assert list(found.reasons.values())[-2:] == ["told", "told"]
    again = found.notices[-2]
    after = "As was learned afterwards, it can still be kept."
    if before[-1].kind == "broken":
        after = "It was reported broken; as was learned afterwards, it can still be kept."
    assert again.looks_like == "warned"
    assert again.text == f"s3, q1: Open the next register. {after} Since 11:00:00, due 11:03:00 UTC."
    over = later(line("corrected", 30, "warned", ordinal=5, known=190, was=before[-1].state), 180)
    assert list(told(*before, over, now=NOON + 190 * 1_000_000).reasons.values())[-1] == "overdue"


async def test_the_console_writes_one_line_for_a_notice() -> None:
    """In a terminal or a log a notice is one line: a mark, the standard, what to do and how."""
    screen = io.StringIO()
    (notice,) = told(WARNED).notices
    await Console(screen).deliver(msgspec.structs.replace(notice, how="Call the\nnext name."))
    assert screen.getvalue() == (
        "! s3, q1: Open the next register. Since 11:00:00, due 11:01:00 UTC. Call the next name. [no-wait]\n"
    )
    assert row(told(WARNED, line("kept", 50, "kept")).notices[1]).startswith(". s3, q1: Kept at")


def test_the_console_obeys_nothing_that_came_with_an_event() -> None:
    """A subject with escape sequences in it shows them; it cannot clear the screen or write over another line."""
    wicked = msgspec.structs.replace(WARNED, subject="q1\x1b[2J\x9b1A\x07\u202e\rx\nlatté")
    printed = row(told(wicked).notices[0])
    assert "q1\\x1b[2J\\x9b1A\\x07\\u202e x latté: Open" in printed
    assert printed.isprintable()


async def test_a_console_that_is_gone_is_not_tried_again() -> None:
    """A closed terminal takes no more notices, and says so."""
    screen = io.StringIO()
    screen.close()
    with pytest.raises(DeliveryError, match="does not take it") as caught:
        await Console(screen).deliver(told(WARNED).notices[0])
    assert not caught.value.again


def test_a_promise_that_turns_out_broken_is_told() -> None:
    """Whoever believes that it was kept hears that it was not, what to do, and when it broke: nothing stays hidden."""
    kept = line("kept", 50, "kept", ordinal=2)
    worse = line("corrected", 60, "broken", ordinal=3, known=300, was="kept")
    found = told(OPENED, kept, worse)
    assert [(notice.kind, notice.verdict) for notice in found.notices] == [("corrected", "broken")]
    assert found.notices[0].text == (
        "s3, q1: Open the next register. Since 11:00:00, broken at 11:01:00 UTC. This was learned afterwards."
    )


def test_a_correction_of_when_it_broke_is_not_told_anew() -> None:
    """Broken stays broken: that it was so at another moment makes nobody's phone ring."""
    again = line("corrected", 61, "broken", ordinal=4, known=300, was="broken")
    found = told(OPENED, BROKEN, again)
    assert [notice.kind for notice in found.notices] == ["broken"]
    assert found.reasons[again.id] == "repeated"
