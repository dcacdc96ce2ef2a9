"""Who of us a promise is about: for who may act, and for nobody who only looks on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from alerts.policy.reader import Reader
from alerts.routing.notice import notice
from alerts.routing.persons import ONE_OF_US, without_persons
from alerts.words.words import Words
from streams.storage.rows import PromiseFilter
from tests.alerts.test_facts import ABOUT
from tests.alerts.test_relevance import REGISTER, WARNED
from tests.board.peopled import ALL, TOKENS, entered
from tests.board.serving import Served
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import shop

PROMISED = """
kept: 1
standards:
  called-back:
    promise: We call you back.
    what: Call back.
    how: Say what you know.
    why: Silence breaks a promise.
    exceptions: None.
    owner: lead
    per: [contact]
    carry: [agent, team]
    when: callback.promised
    expect: callback.made
    within: 1m
    owed_for: 2m
    severity: page
"""
POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}, language: de}
teams:
  floor: {members: [ann]}
routes: [{tell: ann}]
"""


@pytest.fixture
def promised(tmp_path: Path) -> Iterator[Served]:
    """A host where a call back that Leokadia had promised was not made, and ann was told in German."""
    with Served(tmp_path, ALL, Peopled(POLICY), shop(tmp_path, PROMISED)) as served:
        served.send(cloud("callback.promised", "p", served.now, contact="c1", agent="Leokadia", team="floor"))
        served.go(70)
        yield served


def everything(served: Served) -> dict[str, str]:
    """Give the pages and the addresses of the API that tell of the promise, each by what it is."""
    row = served.caller.host.read_model.promises(PromiseFilter(), limit=1).items[0]
    return {
        "page": f"/promises/{row.id}", "notices": "/notices", "api": "/v1/promises", "one": f"/v1/promises/{row.id}",
        "told": "/v1/notices",
    }  # fmt: skip


def test_who_only_looks_is_not_told_who_of_us_it_is_about(promised: Served) -> None:
    """Neither in the messages that are quoted nor among the fields, on no page and by no address; the rest stands."""
    paths = everything(promised)
    looks, acts = (entered(promised, role)[0] for role in ("viewer", "supervisor"))
    for what, path in paths.items():
        assert "Leokadia" in acts.ask(path)[2], what
        status, _, said = looks.ask(path)
        assert (status, "Leokadia" in said, "Von unserer Seite" in said) == (200, False, False), what
        assert "c1" in said, what
    key = {"Authorization": f"Bearer {TOKENS['viewer']}"}
    for path in ("api", "one", "told"):
        assert "Leokadia" not in promised.do(promised.caller.get(paths[path], **key)).text, path
    told = promised.do(promised.caller.get("/v1/notices", **key)).json["items"][0]
    assert told["text"].startswith("c1: Call back.")
    assert "seit" in told["text"].lower(), "in the language in which it was told"


@pytest.mark.parametrize("role", ["viewer", "supervisor", "admin"])
def test_a_card_of_debriefs_names_none_of_us(promised: Served, role: str) -> None:
    """What is talked over is the way of working; the other fields stand there."""
    promised.go(300)
    page = entered(promised, role)[0].ask("/debriefs")[2]
    assert "team floor" in page
    assert "Leokadia" not in page


@pytest.mark.parametrize("language", ["en", "de", "pl"])
@pytest.mark.parametrize("who", [{"agent": "J. Zoe Q."}, {"agent": "", "from_agent": "Zoe", "to_agent": "Bob"}])
def test_a_message_loses_only_the_sentence_that_names_us(language: str, who: dict[str, str]) -> None:
    """In every language it is what others are told; of an older name for the same person it is in English."""
    line = msgspec.structs.replace(WARNED, fields={**ABOUT, **who})
    reader = Reader(Words(language), sees_persons=True)
    told, others = (
        notice(line, REGISTER, msgspec.structs.replace(reader, sees_persons=sees)) for sees in (True, False)
    )
    assert "Zoe" in told.text
    shown = without_persons(told, {})
    assert (shown.text, shown.language) == (others.text, language)
    assert set(shown.fields) == {"site", "queue"}
    renamed = without_persons(told, {"J. Zoe Q.": "Lou", "Zoe": "Lou"})
    assert (renamed.text, renamed.language) == (told.english, "en")


@pytest.mark.parametrize("language", ["en", "de", "pl"])
@pytest.mark.parametrize("who", ["17", "12", "4"])
def test_who_is_called_by_a_number_is_taken_out_of_places_alone(language: str, who: str) -> None:
    """Times, counts and spans have that number too, and stay as they were told."""
    subject, fields = f"desk/{who}", {"site": "desk", "agent": who}
    line = msgspec.structs.replace(WARNED, subject=subject, fields=fields)
    told = notice(line, msgspec.structs.replace(REGISTER, per=("site", "agent")), Reader(Words(language)))
    rest = "4 people waiting since 12:17:57. Due 12:17:04 UTC, within 17 min. 17 of 20, needs 12.4%."
    shown = without_persons(msgspec.structs.replace(told, text=f"{told.text} {rest}"), {})
    said = Words(language).say(ONE_OF_US)
    assert shown.text == f"desk, {said}{told.text.removeprefix(f'desk, {who}')} {rest}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("n: Call. The same for 2 more: 17, 19.", "n: Call. The same for 2 more: X, X."),
        ("n: Call. The same for 3 more: 17 to 19.", "n: Call. The same for 3 more: X."),
        ("The same for 2 more:\n- 17: Since 12:17:00.\n- 18", "The same for 2 more:\n- X: Since 12:17:00.\n- X"),
        ("17: Call. Also 1 more: 18 (Open a till).", "X: Call. Also 1 more: X (Open a till)."),
    ],
)
def test_others_who_are_called_by_numbers_are_taken_out_too(text: str, shown: str) -> None:
    """Where a message names several, in one line, as a run or line by line."""
    line = msgspec.structs.replace(WARNED, subject="17", fields={"agent": "17"})
    told = msgspec.structs.replace(notice(line, REGISTER, Reader()), text=text)
    assert without_persons(told, {}, ("18", "19")).text == shown.replace("X", "one of the team")


def test_what_a_machine_was_told_of_one_of_us_names_nobody_to_who_only_looks_on() -> None:
    """Its fields say nothing of persons, its subject does: the promise knows; the head is in the reader's words."""
    line = msgspec.structs.replace(WARNED, subject="n/Zoe", fields={"site": "n", "agent": "Zoe"})
    told = notice(line, REGISTER, Reader(Words("de")))
    told = msgspec.structs.replace(told, fields={"site": "n"}, text="n, Zoe: Call back.")
    shown = without_persons(told, {}, {"Zoe"}, Words("pl"))
    assert (shown.subject, shown.text) == ("n/ktoś z zespołu", "n, jemand aus dem Team: Call back.")


ALONE = """
kept: 1
events:
  desk.left: {agent: {type: text, person: true}, guest: {type: text, person: true}}
standards:
  back-soon:
    promise: We are back soon.
    what: Go back.
    how: Say sorry.
    why: Somebody waits.
    exceptions: None.
    owner: lead
    per: agent
    carry: guest
    when: desk.left
    expect: register.opened
    within: 1m
    severity: ticket
"""


def test_a_promise_for_one_person_alone_goes_out_by_their_name(tmp_path: Path) -> None:
    """So the sheet for the works council says: to whoever is told, and to machines; viewers see only other fields."""
    policy = POLICY.replace("  floor: {members: [ann]}", "  floor: {members: [bob]}").replace(
        "teams:", "  bob: {addresses: {mail: bob@shop.example}}\nteams:"
    )
    with Served(tmp_path, ALL, Peopled(policy), shop(tmp_path, ALONE)) as served:
        served.send(cloud("desk.left", "p", served.now, agent="Leokadia", guest="Marek"))
        served.go(70)
        told = served.caller.host.read_model.notices("", 1)[0].notice
        assert (told.to, "Leokadia" in told.text) == ("ann", True)
        assert (told.in_english.subject, told.in_english.fields) == ("Leokadia", {"guest": "Marek"})
        key = {"Authorization": f"Bearer {TOKENS['viewer']}"}
        assert served.do(served.caller.get("/v1/promises?subject=Leokadia", **key)).json["items"] == []
        found = served.do(served.caller.get("/v1/promises", **key)).json["items"]
        assert [(each["subject"], each["fields"]) for each in found] == [("one of the team", {"guest": "Marek"})]
