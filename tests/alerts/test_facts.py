"""The facts of a message: how many wait, how many of how many it should be, who of us it is about; for whom of them."""

from pathlib import Path

import msgspec
import pytest

from alerts.channels.alertmanager import sentences
from alerts.channels.webhook import body
from alerts.policy.policy import Policy
from alerts.policy.policy_document import load_policy
from alerts.policy.reader import Reader, reader_of
from alerts.routing.digest import joined
from alerts.routing.firing import labels
from alerts.routing.notice import Notice, notice
from alerts.words.words import ENGLISH
from standards.compiler.spec import Source
from standards.judge.ledger import Line, with_numbers
from standards.judge.ledger import line as ledger_line
from tests.alerts.test_relevance import NOON, REGISTER, WARNED
from tests.history import judge_all, rules
from tests.streams.storying import played, scripts

LINE = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened,
within: 60s, warn: 50%, unless: {event: queue.length, where: waiting <= 3}"""


def measuring(measure: str, must: str) -> str:
    return f'per: [site], when: contact.answered, measure: {measure}, over: 30m, must: "{must}", at_least: 4'


SHARE = measuring("share(waited <= 20)", ">= 80%")
POLICY = """
kept: 1
people: {ann: {addresses: {mail: a@shop.example}}}
routes: [{tell: ann, repeat: never}]
"""


def said(tmp_path: Path, document: str, *given: str, until: str = "10:10") -> list[str]:
    """Play events on a standard, and give what ann is told."""
    (tmp_path / "standards.yaml").write_text(document, encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    events = "".join(f"      - {{{each}}}\n" for each in given)
    story = f"""
kept: 1
standards: [standards.yaml, policy.yaml]
start: 2026-03-02 10:00 UTC
with: {{site: s1, queue: q1}}
stories:
  one:
    given:
{events}    until: {until}
    notices: []
"""
    (tmp_path / "stories.yaml").write_text(story, encoding="utf-8")
    (script,) = scripts(tmp_path / "stories.yaml")
    return [made.text for made in played(script).notices]


def test_how_many_wait_is_said_by_the_newest_count(tmp_path: Path) -> None:
    """Whoever reads on the way to the register reads the last count, when that was, and since when it is too many."""
    found = said(
        tmp_path, rules(line=LINE), "event: queue.length, waiting: 5", "at: 10:00:20, event: queue.length, waiting: 7",
        "at: 10:00:50, event: queue.length, waiting: 9",
    )  # fmt: skip
    assert found[:2] == [
        "s1, q1: w. 7 people waiting at 10:00:20. Since 10:00:00, due 10:01:00 UTC.",
        "s1, q1: w. 9 people waiting at 10:00:50. Since 10:00:00, broken at 10:01:00 UTC.",
    ]


def test_how_many_wait_is_said_without_a_standard_that_carries_it(tmp_path: Path) -> None:
    """Where nothing was counted since, the count of the event that opened it is the newest."""
    found = said(tmp_path, rules(line=LINE), "event: queue.length, waiting: 5")
    assert found[0] == "s1, q1: w. 5 people waiting since 10:00:00. Due 10:01:00 UTC."


@pytest.mark.parametrize(
    ("keys", "fact"),
    [
        (SHARE, "2 of 4, needs 80%."),
        (measuring("share(waited <= 20)", "> 0.8"), "2 of 4, needs > 0.8."),
        (measuring("mean(waited)", "<= 20"), "30 over 4 counted, needs ≤ 20."),
        (measuring("count()", "<= 3"), "4 counted, needs ≤ 3."),
        (measuring("max(waited)", "10 <= measure < 50"),
         "50 over 4 counted, needs 10 <= measure < 50."),
        (SHARE + ", step: 5m", "In the last 30 min: 2 of 4, needs 80%."),
    ],
)  # fmt: skip
def test_how_a_measure_stands_is_said_beside_what_it_needs(tmp_path: Path, keys: str, fact: str) -> None:
    """Of a share it is how many of how many, of anything else the measure and over how many; then the bound."""
    waited = [f"at: 10:00:{n:02}, event: contact.answered, contact: c{n}, waited: {n}" for n in (10, 11, 49, 50)]
    assert f"s1: w. {fact} Since 10:00:10, due " in said(tmp_path, rules(level=keys), *waited)[0]


def test_a_broken_share_says_how_it_stood_at_the_end(tmp_path: Path) -> None:
    """What came after the warning counts."""
    waited = [f"at: 10:0{n}:00, event: contact.answered, contact: c{n}, waited: {30 * (n % 2)}" for n in range(1, 8)]
    *_, broken = said(tmp_path, rules(level=SHARE), *waited, until="10:40")
    assert broken == "s1: w. 3 of 7, needs 80%. Since 10:01:00, broken at 10:30:00 UTC."


def test_the_ledger_has_no_numbers() -> None:
    """What is only for who is told changes no line: ledgers read the same with and without."""
    history = "08:00:00 queue.length waiting=5\n08:00:10 queue.length waiting=6\n08:02 nothing"
    made = judge_all(rules(line=LINE), history).transitions
    lines = [ledger_line(each) for each in made]
    assert all(each.numbers is None and b"numbers" not in msgspec.json.encode(each) for each in lines)
    told = [with_numbers(each, it) for each, it in zip(lines, made, strict=True)]
    assert [each.numbers and each.numbers.asked for each in told] == [{"waiting": 5}, {"waiting": 6}, {"waiting": 6}]


PEOPLE = """
kept: 1
people: {ann: {}, bob: {}, cleo: {}, dora: {}}
teams:
  north: {members: [ann], addresses: {chat: room}}
  south: {members: [bob]}
  s3: {members: [dora]}
routes: [{tell: [north, south, s3, cleo, webhook]}]
"""
ABOUT = {"site": "s3", "queue": "q1", "agent": "Zoe"}


def told(name: str, **fields: str) -> Notice:
    policy = Policy({"r1": REGISTER}, people=load_policy(Source("policy.yaml", PEOPLE), [REGISTER]))
    line: Line = msgspec.structs.replace(WARNED, fields={**ABOUT, **fields})
    assert policy.people is not None
    return notice(line, REGISTER, reader_of(policy, line, policy.people.person(name)))


@pytest.mark.parametrize(
    ("fields", "who"),
    [({"team": "north"}, {"ann", "north"}), ({"team": "south"}, {"bob"}), ({"team": "east"}, set()), ({}, {"dora"})],
)
def test_who_of_us_it_is_about_is_told_to_their_own_team_alone(fields: dict[str, str], who: set[str]) -> None:
    """To the team that the line names, or that is called as the site is; where there is none, to nobody."""
    names = ("ann", "north", "bob", "cleo", "dora", "webhook", "alertmanager")
    assert {name for name in names if "Agent: Zoe." in told(name, **fields).text} == who


def test_a_transfer_says_from_whom_to_whom() -> None:
    """That is what a team can talk about."""
    text = told("ann", team="north", agent="", from_agent="Ann", to_agent="Bob").text
    assert text.endswith("due 11:01:00 UTC. Passed on by Ann to Bob.")


def test_machines_are_not_told_who_it_is_about() -> None:
    """Neither in words, nor in labels, nor among the fields; also not where the message was written for a colleague."""
    found = [told("ann", team="north"), told("ann", team="north", queue="q2")]
    several = joined([found[0], msgspec.structs.replace(found[1], id="other", promise="p2")])
    for made in (*found, several):
        assert "Zoe" in made.text
        assert b"Zoe" not in body(made)
        assert "Zoe" not in "".join([*labels(made).values(), *sentences(made).values()])


def test_without_a_policy_nobody_is_told_who_it_is_about() -> None:
    """Then a message goes to everybody who reads a channel."""
    line = msgspec.structs.replace(WARNED, fields={**ABOUT, "team": "north"})
    assert "Zoe" not in notice(line, REGISTER, reader_of(Policy({"r1": REGISTER}), line)).text
    assert "Zoe" in notice(line, REGISTER, Reader(ENGLISH, sees_persons=True), now=NOON).text
