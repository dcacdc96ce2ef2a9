"""The shift's thanks, its note for the next one, and what came and went while nobody was told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from alerts.routing.actions import ACTIONS, UNLISTED
from streams.board import feeds, people
from streams.explain.acts import DID, SAID
from streams.explain.unused import WHY
from tests.board.crowd import line, signed_in
from tests.board.peopled import ALL, TOKENS, acts, entered
from tests.board.serving import SECRET, Served
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud, register, waiting
from tests.streams.hosting import SECOND

MUTED = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
calendars:
  night: {timezone: UTC, hours: {daily: ["22:00-06:00"]}}
routes:
  - {match: no-wait, tell: ann, mute: night}
"""
HEAD = {"Authorization": f"Bearer {SECRET}"}


def thanks(served: Served, name: str, **said: str) -> None:
    served.send(cloud("recognition.given", name, served.now, **said))


def test_who_thanked_whom_is_for_those_who_may_act(peopled: Served) -> None:
    """By whom and for what stands on Shift for a supervisor; who only looks sees how often, here and everywhere."""
    thanks(peopled, "t1", agent="bob", by="Ania", reason="two tills <alone>", team="floor")
    thanks(peopled, "t2", agent="cyd")
    lead, _ = entered(peopled, "supervisor")
    page = lead.ask("/shift")[2]
    assert "Thanks · 2" in page
    assert "<strong>Ania</strong> thanked <strong>bob</strong> of floor" in page
    assert "two tills &lt;alone&gt;" in page
    assert "<strong>Somebody</strong> thanked <strong>cyd</strong>" in page
    assert "said thanks" in lead.ask("/people")[2]
    looks = Visitor(peopled)
    looks.enter(TOKENS["viewer"])
    page = looks.ask("/shift")[2]
    assert "Thanks · 2" in page
    for path in ("/shift", "/people", "/v1/acts", "/v1/acts?type=recognition.given"):
        said = looks.ask(path)[2]
        assert "two tills" not in said, path
        assert "cyd" not in said, path
    assert "two tills" in lead.ask("/v1/acts")[2]


def test_thanks_are_those_of_the_shift_and_all_can_be_reached(peopled: Served) -> None:
    """What was said before it is not this shift's; of much each is on some page."""
    thanks(peopled, "old", agent="old")
    peopled.go(3_600)
    for number in range(25):
        thanks(peopled, f"n{number}", agent=f"agent-{number:02}")
    lead, _ = entered(peopled, "supervisor")
    first, second = (lead.ask(f"/shift?thanks={page}")[2] for page in (1, 2))
    found = [re.findall(r"thanked <strong>([a-z0-9-]+)</strong>", page) for page in (first, second)]
    assert (len(found[0]), len(found[1])) == (20, 5)
    assert {*found[0], *found[1]} == {f"agent-{number:02}" for number in range(25)}, "the day began at midnight"


def test_a_note_stands_until_the_next_one(peopled: Served) -> None:
    """Who and when stand beside it; the next one takes its place, and those before are found below."""
    lead, proof = entered(peopled, "supervisor")
    assert "No shift has left a note." in lead.ask("/shift")[2]
    form = {"proof": proof, "note": "Till 4 sticks.\r\nCall <Bob>.", "after": "", "next": "/shift"}
    answers = [lead.ask("/acts/hand-over", form) for _ in range(2)]
    assert [(status, headers["Location"]) for status, headers, _ in answers] == [(303, "/shift")] * 2
    assert acts(peopled)[:2] == [("shift.handed_over", "Ania", "kept/board")], "sent twice is once"
    page = lead.ask("/shift")[2]
    assert "Till 4 sticks.\nCall &lt;Bob&gt;." in page
    assert "left a note for the next shift" in lead.ask("/people")[2]
    (after,) = re.findall(r'name="after" value="([^"]+)"', page)
    peopled.go(60)
    assert lead.ask("/acts/hand-over", {**form, "after": after, "name": "Cyd", "note": "All is well."})[0] == 303
    current, before = lead.ask("/shift")[2].split("<summary>All notes</summary>")
    assert "All is well." in current
    assert "Till 4 sticks." not in current
    assert "Till 4 sticks." in before
    assert "<strong>Cyd</strong>" in current
    (after,) = re.findall(r'name="after" value="([^"]+)"', current)
    assert lead.ask("/acts/hand-over", {**form, "after": after, "name": "Cyd", "note": "All is well."})[0] == 303
    assert len([act for act in acts(peopled) if act[0] == "shift.handed_over"]) == 3, "the same again another day"


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"proof": "0" * 64}, 403, "from an older page"),
        ({"note": "x" * 2_001}, 400, "there is room for 2,000"),
        ({"note": "  "}, 400, "what the next shift has to know"),
        ({"site": "s33"}, 422, "Did you mean s3?"),
    ],
)
def test_a_note_that_cannot_be_left_is_refused_whole(
    peopled: Served, changed: dict[str, str], status: int, words: str
) -> None:
    """What comes from elsewhere, is too long, says nothing, or is for a site that there is not; nothing is cut."""
    lead, proof = entered(peopled, "supervisor")
    answer = lead.ask("/acts/hand-over", {"proof": proof, "note": "x" * 2_000, "after": "", **changed})
    assert (answer[0], words in answer[2]) == (status, True), answer[2][-600:]
    assert acts(peopled) == []


def test_a_note_can_be_for_one_site(crowded: Served) -> None:
    """On the page of a site stand its own note and that for everybody; on the page of all the last of each."""
    lead, proof = entered(crowded, "supervisor")
    for site in ("", "store-1", "store-2"):
        form = {"proof": proof, "note": f"for {site or 'all'}", "after": site, **({"site": site} if site else {})}
        assert lead.ask("/acts/hand-over", form)[0] == 303

    def shown(path: str) -> list[str]:
        return re.findall(r'class="written">for ([^<]+)<', lead.ask(path)[2].split("All notes")[0])

    assert shown("/shift") == ["store-2", "store-1", "all"]
    assert shown("/shift?site=store-1") == ["store-1", "all"]
    assert shown("/shift?site=store-3") == ["all"]
    assert 'name="site" value="store-1"' in lead.ask("/shift?site=store-1")[2]


@pytest.mark.parametrize(
    "given",
    [
        {"note": "\u200b", "by": "Ania"}, {"note": "The keys.", "by": " "}, {"note": "The\0keys.", "by": "Ania"},
        {"note": "The \u202ekeys.", "by": "Ania"}, {"note": "The keys.", "by": "An\x1bia"},
    ],
)  # fmt: skip
def test_a_note_can_be_read(tmp_path: Path, given: dict[str, str]) -> None:
    """A note of nothing, or one that shows otherwise than it is, never takes the place of the last shift's."""
    with Served(tmp_path) as served:
        answer = served.do(served.caller.post("/v1/shift/notes", given))
        assert answer.status == 422
        assert served.do(served.caller.post("/v1/shift/notes", {"note": "Zażółć\ngęślą ♥", "by": "Ania"})).status == 202


def test_a_site_of_the_policy_is_known_before_its_first_promise(tmp_path: Path) -> None:
    """A shop that opens tomorrow can be left a note today."""
    policy = "kept: 1\nsites: {west-annex: {language: de}}\npeople: {ann: {}}\nroutes: [{tell: [ann]}]\n"
    with Served(tmp_path, peopled=Peopled(policy)) as served:
        note = {"note": "The keys are in the drawer.", "by": "Ania", "site": "west-annex"}
        assert served.do(served.caller.post("/v1/shift/notes", note)).status == 202
        unknown = served.do(served.caller.post("/v1/shift/notes", {**note, "site": "west-anex"}))
    assert (unknown.status, "Did you mean west-annex?" in unknown.json["detail"]) == (422, True)


def test_notes_by_the_api(peopled: Served) -> None:
    """Programs leave notes and list them, page by page; a key makes a repeat inert, and who may only look may not."""

    def posted(body: dict[str, Any], token: str = SECRET, **headers: str) -> tuple[int, dict[str, Any]]:
        head = {"Authorization": f"Bearer {token}", **headers}
        answer = peopled.do(peopled.caller.post("/v1/shift/notes", body, "application/json", **head))
        return answer.status, answer.json

    note = {"note": "Till 4 sticks.", "by": "Ania", "site": "s3"}
    status, said = posted(note, **{"Idempotency-Key": "a"})
    assert (status, said["note"], said["site"]) == (202, "Till 4 sticks.", "s3")
    assert posted(note, **{"Idempotency-Key": "a"})[1] == said
    assert posted({"note": "Calm.", "by": "Cyd"}, TOKENS["supervisor"])[0] == 202
    assert posted(note, TOKENS["viewer"])[0] == 403
    assert posted(note, **{"Idempotency-Key": "k" * 256})[0] == 400
    for wrong in ({**note, "note": "x" * 2_001}, {**note, "note": " "}, {**note, "site": "s33"}, {"note": "x"}):
        assert posted(wrong)[0] == 422, wrong
    listed = peopled.do(peopled.caller.get("/v1/shift/notes?limit=1", **HEAD)).json
    assert ([item["note"] for item in listed["items"]], listed["next"]) == (["Calm."], 1)
    rest = peopled.do(peopled.caller.get("/v1/shift/notes?limit=2&after=1", **HEAD)).json
    assert ([item["by"] for item in rest["items"]], rest["next"]) == (["Ania"], None)
    elsewhere = peopled.do(peopled.caller.get("/v1/shift/notes?site=s9", **HEAD)).json["items"]
    assert [item["note"] for item in elsewhere] == ["Calm."]
    described = peopled.do(peopled.caller.get("/openapi.json", **HEAD)).json
    assert "Idempotency-Key" in json.dumps(described["paths"]["/v1/shift/notes"]["post"])
    assert described["components"]["schemas"]["ShiftNote"]["properties"]["note"]["maxLength"] == 2_000


def test_a_note_outlives_the_host(tmp_path: Path) -> None:
    """What was said to the next shift is in the store, and is there when the host is started again."""
    with Served(tmp_path, ALL, Peopled(MUTED)) as served:
        lead, proof = entered(served)
        assert lead.ask("/acts/hand-over", {"proof": proof, "note": "Till 4 sticks.", "after": ""})[0] == 303
    with Served(tmp_path, ALL, Peopled(MUTED)) as served:
        assert "Till 4 sticks." in entered(served)[0].ask("/shift")[2]


def test_what_came_and_went_while_muted_is_counted(tmp_path: Path) -> None:
    """Three were over before anybody was told; one that stands is not counted, nor one of another site there."""
    with Served(tmp_path, ALL, Peopled(MUTED)) as served:
        tills = [f"till {number}" for number in range(1, 4)]
        served.send(*(line(till, served.now, "north", till) for till in tills), waiting("a", served.now))
        served.go(50)
        served.send(*(cloud("register.opened", f"r{till}", served.now, site="north", queue=till) for till in tills))
        served.go(5)
        visitor, _ = entered(served)
        link = '<a href="/notices?reason=muted#not-sent">'
        assert f"While muted: {link}3 came and went</a>." in visitor.ask("/shift")[2]
        assert f"{link}3 came and went</a>" in visitor.ask("/shift?site=north")[2]
        assert "came and went" not in visitor.ask("/shift?site=s3")[2]
        served.send(register("r", served.now))
        served.go(5)
        assert f"{link}4 came and went</a>" in visitor.ask("/shift")[2]
        assert served.now % SECOND == 0


def test_what_was_told_did_not_come_and_go_untold(peopled: Served) -> None:
    """Silenced after it was told, it ends with an all-clear: nobody was left out, and nothing is counted."""
    lead, proof = entered(peopled, "supervisor")
    form = {"proof": proof, "reason": "rebuilding", "span": "1h", "site": "s3"}
    assert lead.ask("/acts/silence", form)[0] == 303
    peopled.go(5)
    peopled.send(waiting("new", peopled.now, queue="q9"))
    peopled.go(50)
    peopled.send(register("n", peopled.now, queue="q9"), register("q2", peopled.now, queue="q2"))
    peopled.go(5)
    page = lead.ask("/shift")[2]
    assert 'While silenced: <a href="/notices?reason=silenced#not-sent">1 came and went</a>' in page


def test_the_page_is_used_with_a_browser(peopled: Served, page: Page) -> None:
    """A note is written on a phone, undone in time if need be, and the page can be read by everybody."""
    thanks(peopled, "t1", agent="bob", by="Ania", reason="two tills alone")
    signed_in(peopled, page, "/shift")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("Write a note").click()
    page.get_by_label("What they have to know").fill("Till 4 sticks.")
    page.get_by_role("button", name="Leave the note").click()
    expect(page.locator("#handover .handover")).to_contain_text("Till 4 sticks.", timeout=12_000)
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_the_pages_say_all_that_programs_are_told() -> None:
    """Each act, each thing that is said of one, and each reason why an event changed nothing has its words."""
    assert people.LABELS.keys() == set(SAID)
    assert feeds.WHY.keys() == WHY.keys()
    assert {kind: DID[kind] for kind in ACTIONS - UNLISTED} == DID


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ("Notizen für die nächste Schicht", "Dank von <strong>Ania</strong> an <strong>bob</strong>, ",
                "Nicht lesbar · 1", "Dank ausgesprochen", "Diese Schicht begann um|Es ist keine Schicht bekannt")),
        ("pl", ("Notatki dla następnej zmiany", "<strong>Ania</strong> dziękuje: <strong>bob</strong>, ",
                "Nie dało się odczytać · 1", "podziękowanie", "Nie jest znana żadna zmiana")),
    ],
)  # fmt: skip
def test_the_lists_are_read_in_ones_language(peopled: Served, language: str, said: tuple[str, ...]) -> None:
    """Shift, Feeds and what people did are in German and Polish as well, for whoever's browser asks for it."""
    thanks(peopled, "t1", agent="bob", by="Ania")
    lead, _ = entered(peopled, "supervisor")
    page = "".join(lead.ask(path, None, **{"Accept-Language": language})[2] for path in ("/shift", "/feeds", "/people"))
    for each in said:
        assert re.search(each, page), each
