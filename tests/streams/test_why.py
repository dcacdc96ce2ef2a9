"""`kept why`: one promise's whole story, from the folder of a real host."""

from functools import partial
from pathlib import Path

import msgspec

from alerts.routing.actions import EXCUSED, Action
from streams.documents.rules import policy_in
from streams.embedded.options import DEFAULTS
from streams.explain.acts import did
from streams.storage.rows import PromiseFilter
from tests.streams.commands import Ended, kept_apart
from tests.streams.hosting import SECOND, Clock, event, hosting, queue, shop, until

GOLDENS = Path(__file__).parent.parent / "data" / "goldens"
POLICY = """
kept: 1
people: {ann: {}, bob: {}}
routes: [{tell: ann, well_for: 0s, escalate: [{after: 10s, tell: bob}]}]
"""
STANDARD = """
kept: 1
standards:
  answered:
    promise: You are answered within a minute.
    what: Answer.
    owner: floor-lead
    per: contact
    when: contact.waiting
    expect: contact.answered
    within: 60s
    warn: 20s before
    pause: {when: contact.held, until: contact.resumed}
"""


def kept_why(folder: Path, promise: str) -> Ended:
    """Ask while the host runs, from a process of its own as its users do."""
    return kept_apart("why", promise, "--data", str(folder))


async def test_the_whole_story_of_a_promise_is_told(tmp_path: Path) -> None:
    """Events with their fields, each stretch of the clock, the clause, who was told and who was not: word for word."""
    clock = Clock()
    standards = shop(tmp_path, STANDARD)
    (tmp_path / "rules" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    options = msgspec.structs.replace(DEFAULTS, policies=partial(policy_in, standards.paths))
    async with hosting(tmp_path, clock, standards=standards, options=options) as host:
        begun = clock.at
        for kind, seconds in (("waiting", 0), ("held", 10), ("resumed", 40), ("answered", 75)):
            clock.at = begun + (seconds + 1) * SECOND
            at = begun + seconds * SECOND
            await host.submit([event(host.reader, f"contact.{kind}", f"e-{kind}", at, contact="c1")])
        clock.go(10)
        await host.submit([event(host.reader, "feed.heartbeat", "t1", clock.at, feed="clock")])
        await until(lambda: host.read_model.board.fates() == {"delivered": 2})
        (row,) = host.read_model.promises(PromiseFilter()).items
        asked = kept_why(tmp_path / "data", row.id)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout == (GOLDENS / "why.txt").read_text(encoding="utf-8")


async def test_a_deadline_that_moved_is_told_with_what_moved_it(tmp_path: Path) -> None:
    """When, to when, and by which event; and the deadline that holds."""
    clock = Clock()
    text = (
        STANDARD.replace("within: 60s", "within: {by: channel, phone: 30s, else: 60s}")
        .replace("    warn: 20s before\n", "    follow: contact.held\n")
        .replace("    pause: {when: contact.held, until: contact.resumed}\n", "")
    )
    async with hosting(tmp_path, clock, standards=shop(tmp_path, text)) as host:
        await host.submit([event(host.reader, "contact.waiting", "e1", clock.at, contact="c1")])
        clock.go(10)
        await host.submit([event(host.reader, "contact.held", "e2", clock.at, contact="c1", channel="phone")])
        clock.go(5)
        await host.submit([event(host.reader, "feed.heartbeat", "t1", clock.at, feed="clock")])
        (row,) = host.read_model.promises(PromiseFilter()).items
    told = kept_why(tmp_path / "data", row.id).stdout
    assert "  moved to 2026-01-09 23:07:10 UTC  by contact.held e2 from till: contact c1, channel phone\n" in told
    assert "  due at 2026-01-09 23:07:10 UTC\n" in told


async def test_without_a_policy_everybody_was_told(tmp_path: Path) -> None:
    """Where no policy names people, the story says that everybody was told."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "e1", clock.at, waiting=5)])
        clock.go(70)
        await host.submit([event(host.reader, "feed.heartbeat", "t1", clock.at, feed="clock")])
        (row,) = host.read_model.promises(PromiseFilter()).items
    asked = kept_why(tmp_path / "data", row.id)
    assert asked.returncode == 0
    assert "broken to everybody (console " in asked.stdout
    assert "warned: overdue, the deadline was over when it came to be told" in asked.stdout


async def test_what_waits_for_a_digest_is_said_to_wait(tmp_path: Path) -> None:
    """Nothing was told yet, and it is not said that nothing is to be."""
    clock = Clock()
    standards = shop(tmp_path, f"{STANDARD}    severity: info\n")
    (tmp_path / "rules" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    options = msgspec.structs.replace(DEFAULTS, policies=partial(policy_in, standards.paths))
    async with hosting(tmp_path, clock, standards=standards, options=options) as host:
        await host.submit([event(host.reader, "contact.waiting", "e", clock.at, contact="c1")])
        clock.go(70)
        await until(lambda: [row.state for row in host.read_model.promises(PromiseFilter()).items] == ["broken"])
        (row,) = host.read_model.promises(PromiseFilter()).items
        asked = kept_why(tmp_path / "data", row.id)
    assert "What was told\n  nothing yet; it waits for a message that tells of several\n" in asked.stdout


async def test_what_people_did_is_told(tmp_path: Path) -> None:
    """Who took it, and who granted an exception: when, by which way, and what they said."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "e1", clock.at, waiting=5)])
        clock.go(10)
        await host.submit([event(host.reader, "feed.heartbeat", "t1", clock.at, feed="clock")])
        (row,) = host.read_model.promises(PromiseFilter()).items
        took = {"promise": row.id, "by": "ann", "note": "on my way"}
        await host.submit([event(host.reader, "alert.acknowledged", "a1", clock.at, **took)])
        grant = {"standard": row.standard, "subject": row.subject, "promise": row.id, "by": "floor-lead"}
        await host.submit([event(host.reader, "exception.granted", "g1", clock.at, reason="fire alarm", **grant)])
        clock.go(10)
        await host.submit([event(host.reader, "feed.heartbeat", "t2", clock.at, feed="clock")])
    told = kept_why(tmp_path / "data", row.id).stdout.partition("What people did\n")[2].splitlines()
    assert [line[4:] if line.startswith("    ") else line[27:] for line in told] == [
        "ann took it, from till", "note: on my way",
        "floor-lead granted an exception, from till", "reason: fire alarm", f"standard: {row.standard}",
        f"subject: {row.subject}",
    ]  # fmt: skip


async def test_what_cannot_be_found_is_said_so(tmp_path: Path) -> None:
    """A promise that is not there is bad input, a folder without data is the world's fault; both say what to do."""
    async with hosting(tmp_path, Clock()):
        pass
    unknown, nowhere = kept_why(tmp_path / "data", "p1"), kept_why(tmp_path / "none", "p1")
    assert unknown.returncode == 2
    assert "knows no such promise" in unknown.stderr
    assert "copy the id" in unknown.stderr
    assert nowhere.returncode == 3
    assert "holds no data of Kept; name the folder" in nowhere.stderr
    assert not (tmp_path / "none").exists()


def test_only_an_exception_is_granted() -> None:
    """What else made a line of the ledger, as an answer of a survey that opened a promise, granted nothing."""
    causes = [("till", "1")]
    assert did(Action("1", 0, "ann", type=EXCUSED, source="till"), causes) == "granted an exception"
    assert did(Action("1", 0, "ann", type="survey.answered", source="till"), causes) == "survey.answered"
