"""Promises that are one of us owes: who only looks on reads where, and that it is one of the team, never who."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.storage.rows import PromiseFilter
from tests.board.peopled import ALL, TOKENS, entered
from tests.board.serving import Served
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import shop

WHO = "Leokadia"
BY_PERSON = """
kept: 1
feeds:
  phones: {events: [callback.promised], per: [agent], silent_after: 20s}
events:
  desk.load: {site: {type: text}, agent: {type: text}, lies: {type: integer}}
readings: [desk.load]
standards:
  called-back:
    promise: We call you back.
    what: Call back.
    how: Say what you know.
    why: Silence breaks a promise.
    exceptions: None.
    owner: lead
    may_excuse: [lead]
    per: [agent]
    carry: [site]
    again: each
    when: callback.promised
    expect: callback.made
    within: 1m
    warn: 30s before
    owed_for: 3m
  clear-desk:
    promise: Nothing lies for long.
    what: Clear the desk.
    how: Begin with the oldest.
    why: It is somebody's matter.
    exceptions: None.
    owner: lead
    may_excuse: [lead]
    per: [site, agent]
    when: {event: desk.load, where: lies > 3}
    expect: {event: desk.load, where: lies <= 3}
    within: 1m
    warn: 30s before
    owed_for: 3m
"""
POLICY = """
kept: 1
names: {n: North, n/Leokadia: Leo K}
people:
  ann: {addresses: {mail: ann@shop.example}, language: de}
  bob: {addresses: {mail: bob@shop.example}}
teams:
  floor: {members: [ann]}
  back: {members: [bob]}
routes: [{tell: [ann, back], group_wait: 5s}]
"""
"""Ann is told of whom a promise is; Bob is in no team at that site, so his messages say nothing of it themselves."""
PAGES = ("/", "/?part=warned", "/wall", "/wall?site=n", "/shift", "/shift?site=n", "/standards",
         "/standards/called-back", "/standards/clear-desk", "/debriefs", "/notices", "/feeds", "/people")  # fmt: skip
READ = ("/v1/promises", "/v1/notices", "/v1/withheld", "/v1/acts", "/v1/feeds", "/v1/late", "/v1/standards",
        "/v1/score", "/v1/calendars", "/v1/shift/notes")  # fmt: skip


def owed_by(served: Served, *who: str) -> None:
    for number, name in enumerate(who):
        at = served.now
        served.send(cloud("callback.promised", f"p{at}-{number}", at, contact=f"c{number}", agent=name, site="n"),
                    cloud("desk.load", f"d{at}-{number}", at, site="n", agent=name, lies=5))  # fmt: skip


@pytest.fixture
def owing(tmp_path: Path) -> Iterator[Served]:
    """A host where Leokadia's promises were broken and excused, are overdue, have warned and run, and others' too."""
    with Served(tmp_path, ALL, Peopled(POLICY), shop(tmp_path, BY_PERSON)) as served:
        visitor, proof = entered(served, "admin")
        owed_by(served, WHO)
        served.go(70)
        key = {"Authorization": f"Bearer {TOKENS['admin']}"}
        given = {"standard": "called-back", "subject": WHO, "by": "lead", "reason": "x"}
        assert served.do(served.caller.post("/v1/exceptions", given, "application/json", **key)).status == 202
        served.go(200)
        owed_by(served, WHO, "Zoe")
        served.go(70)
        owed_by(served, WHO)
        served.go(40)
        for row in served.caller.host.read_model.promises(PromiseFilter(open=True)).items:
            visitor.ask("/acts/acknowledge", {"proof": proof, "promise": row.id, "name": "Ania"})
        owed_by(served, "Lou", "Tom", "Max", "Ida")
        served.go(5)
        yield served


def told(served: Served, role: str) -> dict[str, str]:
    """Give all that somebody of a role can read: pages, answers, and what comes live."""
    promises = [row.id for row in served.caller.host.read_model.promises(PromiseFilter()).items]
    visitor, key = entered(served, role)[0], {"Authorization": f"Bearer {TOKENS[role]}"}
    found = {}
    for path in (*PAGES, *(f"/promises/{each}" for each in promises)):
        status, _, found[path] = visitor.ask(path)
        assert status == 200, path
    for path in (*READ, *(f"/v1/promises/{each}" for each in promises)):
        answer = served.do(served.caller.get(path, **key))
        assert answer.status == 200, path
        found[path] = answer.text
    return found | {"/live": served.do(live(served, role))}


async def live(served: Served, role: str) -> str:
    headers = {"Origin": served.url, "Authorization": f"Bearer {TOKENS[role]}"}
    async with served.caller.session.ws_connect(f"{served.url}/live?rows&version=x&x", headers=headers) as socket:
        return json.dumps(await socket.receive_json(timeout=20))


def test_who_only_looks_on_never_reads_whose_promise_it_is(owing: Served) -> None:
    """On no page, in no answer and not live, under no name; that it is one of the team, and where, stands there."""
    read = told(owing, "viewer")
    assert [path for path, text in read.items() if WHO in text or "Leo K" in text] == []
    said = [path for path, text in read.items() if "one of the team" in text]
    assert {"/", "/wall?site=n", "/shift", "/standards/called-back", "/debriefs", "/notices", "/feeds", "/live",
            "/v1/promises", "/v1/feeds", "/v1/withheld"} <= set(said)  # fmt: skip
    assert "North, one of the team" in read["/"]
    assert "jemand aus dem Team" in read["/notices"], "what was told in German is shown in German"


def test_who_may_act_reads_whose_promise_it_is(owing: Served) -> None:
    """They have to speak with somebody; only what is talked over names nobody."""
    read = told(owing, "supervisor")
    named = [path for path, text in read.items() if WHO in text or "Leo K" in text]
    assert {"/", "/shift", "/standards/called-back", "/notices", "/v1/promises", "/live"} <= set(named)
    assert "/debriefs" not in named


def test_a_wall_counts_nothing_of_one_of_us(owing: Served) -> None:
    """What lies on somebody's desk is no number for everybody who walks by."""
    for role in ("viewer", "supervisor"):
        assert ">Lies<" not in entered(owing, role)[0].ask("/wall")[2]


def test_a_persons_own_are_found_by_any_capitals_of_their_name(tmp_path: Path) -> None:
    """Also by those that are not ASCII: what Łukasz has is his as ŁUKASZ, too."""
    with Served(tmp_path, ALL, Peopled(POLICY), shop(tmp_path, BY_PERSON)) as served:
        owed_by(served, WHO)
        served.go(40)
        visitor, proof = entered(served, "supervisor")
        for row in served.caller.host.read_model.promises(PromiseFilter()).items:
            visitor.ask("/acts/acknowledge", {"proof": proof, "promise": row.id, "name": "Łukasz"})
        for name, found in (("ŁUKASZ", True), ("łukasz", True), ("", False), ("Ania", False)):
            visitor.enter(TOKENS["supervisor"], name)
            assert ("Act now · 2</a>" in visitor.ask("/?mine=1")[2]) is found, name


def test_who_only_looks_on_cannot_find_out_by_asking_whose_promise_it_is(owing: Served) -> None:
    """No question that has a name in it finds another number of promises for them; a question for the site does."""
    for role, found in (("viewer", 0), ("supervisor", 1)):
        visitor, key = entered(owing, role)[0], {"Authorization": f"Bearer {TOKENS[role]}"}
        for asked in (WHO, f"n/{WHO}"):
            listed = owing.do(owing.caller.get(f"/v1/promises?subject={asked}&limit=1", **key)).json["items"]
            assert len(listed) == found, (role, asked)
        for words in (WHO, WHO[:5].lower(), "Leo+K"):
            assert ("/promises/" in visitor.ask(f"/?q={words}")[2]) is bool(found), (role, words)
        assert "/promises/" in visitor.ask("/?q=North")[2], "the site is shown to everybody"
