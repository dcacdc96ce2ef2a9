"""The board speaks the reader's language: every page, every answer, what its script says and what comes live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from alerts.words.words import LANGUAGES, Words
from streams.board.changes import Changes, Drawn
from streams.board.items import Item
from streams.board.now import Part, Picture
from streams.board.reasons import reasons
from streams.board.silences import SPANS
from streams.board.wording import Wording
from streams.delivery.links import PATH, Deed, Link, Links
from streams.storage.rows import PromiseFilter
from streams.web.board.readers import Usual
from tests.board.peopled import ALL, BASE, TOKENS, entered
from tests.board.reading import foreign, seen, written
from tests.board.serving import Served, fill, owed
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, asking, waiting
from tests.streams.hosting import SECOND, T0

TRANSLATED = ("de", "pl")
POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}, language: pl}
  bob: {addresses: {mail: bob@shop.example}}
sites:
  s3: {language: pl}
routes:
  - {match: no-wait, tell: ann, well_for: 0s, escalate: [{after: 30s, tell: bob}]}
silences:
  - {match: {site: [s8, s9]}, until: 2027-01-01T00:00:00Z, by: bob, why: rebuilding}
"""
PRACTICE = """
kept: 1
scenarios:
  lost-twice:
    when: Lost again.
    do: [Walk along.]
    up_to: 1.5
  till-outage:
    when: Dark till.
    do: [Go there., Call back.]
consequences:
  no-wait: {says: Looked at together., steps: [talk, debrief, coaching, training]}
"""
SILENCE = {"site": "s7", "new": "1", "span": "4h", "reason": "Umbau"}
LISTS = ("/", "/?part=unknown", "/?site=s3&mine=1", "/standards", "/standards/no-wait", "/debriefs",
         "/debriefs?site=s3", "/notices", "/notices?reason=grouped", "/wall", "/wall?site=s3", "/shift",
         "/shift?site=s3", "/feeds", "/people", "/handbook", "/today", "/thanks", "/voices",
         "/sign-in")  # fmt: skip
"""The pages, but for those of promises."""
DEEDS: tuple[Deed, ...] = ("acknowledge", "excuse", "debrief")
ODD = ("/promises/none", "/standards/none", "/nowhere", "/do/none")
"""Pages that say what is not there."""
SAID = {"by": "lead", "reason": "x"}
ACTS: tuple[dict[str, str], ...] = (
    {"reason": "x"}, {"promise": "none"}, {"promise": "none", "cause": "x", "next_step": "x", **SAID},
    {"group": "none", "to": "nobody", **SAID}, {"site": "s3", **SAID}, {"site": "s99", "span": "1h", **SAID},
    {"span": "1h", "reason": "x"},
)  # fmt: skip
"""What is not enough to act on."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    """A host with a little of everything, where people did something of each kind."""
    with Served(tmp_path, ALL, Peopled(POLICY, practice=PRACTICE)) as served:
        fill(served)
        visitor, proof = entered(served)
        urgent, *others = owed(served).values()
        deeds = (
            ("acknowledge", {"promise": urgent, "name": "bob"}), ("hand-on", {"promise": urgent, "to": "ann"}),
            ("excuse", {"promise": others[0], "by": "floor-lead", "reason": "fire alarm"}), ("silence", SILENCE),
        )  # fmt: skip
        for act, given in deeds:
            assert visitor.ask(f"/acts/{act}", {"proof": proof, "name": "Ania", **given})[0] == 303, act
        served.send(*(waiting(f"n{number}", served.now, queue=f"till {number}") for number in range(1, 6)))
        served.go(3)
        yield served


def values(served: Served) -> list[str]:
    """Give what came with the documents, the events and the policy of the shop."""
    rulebook = served.caller.host.rulebook
    said: list[object] = ["Kept", "UTC", "KEPT TOKEN", "OpenAPI", "API", "s3", "mail", "Ania", "ann", "bob", "waiting"]
    said += ["Waiting", "late", "console", "kept/board", "/nowhere", "Authorization: Bearer TOKEN"]
    said += ["fire alarm", "unknown-type", '{"type": "no.such"}', "board-s7"]  # a reason, a letter, a silence's name
    said += ["lead", "nobody", "none", "till", "usual", *SILENCE.values(), *rulebook.classes]
    said += ["Lost again.", "Walk along.", "Dark till.", "Go there.", "Call back.", "Looked at together."]
    for each in rulebook.standards.values():
        said += [each.id, each.promise, each.what, each.how, each.why, each.exceptions, each.owner, each.severity]
        said += [*each.may_excuse, *reasons(each.exceptions), *each.feeds, *each.per, *each.carry]
    return written(said)


def asked(served: Served, language: str) -> Iterator[tuple[str, str]]:
    """Ask for every page as somebody whose browser speaks a language, and do what cannot be done."""
    visitor, proof = entered(served)
    tongue = {"Accept-Language": language}
    rows = served.caller.host.read_model.promises(PromiseFilter()).items
    made = [PATH + Links(ALL.secret, BASE).seal(Link(deed, row.id, "", served.now + SECOND)) for row in rows[:3]
            for deed in DEEDS]  # fmt: skip
    for path in (*LISTS, *ODD, *(f"/promises/{row.id}" for row in rows), *made):
        page = visitor.ask(path, None, **tongue, Accept="text/html")[2]
        yield path, page
    for act in ("acknowledge", "hand-on", "give-back", "done", "excuse", "debrief", "silence", "unsilence"):
        for given in ACTS:
            status, _, page = visitor.ask(f"/acts/{act}", {"proof": proof, **given}, **tongue)
            if status >= 400:
                yield f"{act} {given}", page
    yield "a form of another page", visitor.ask("/acts/done", {"proof": "none"}, **tongue)[2]
    yield "a wrong token", Visitor(served).ask("/sign-in", {"token": "wrong"}, **tongue)[2]


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_on_a_page_is_in_another_language(shop: Served, language: str) -> None:
    """Each text of each page, and of each refusal, is of the reader's language, but for what others have written."""
    known, left = values(shop), dict[str, list[str]]()
    for path, page in asked(shop, language):
        assert seen(page).language == language, path
        left |= {path: found} if (found := foreign(page, language, known)) else {}
    assert left == {}


@pytest.mark.parametrize(
    ("name", "browser", "path", "language"),
    [
        ("Ann", "de", "/", "pl"),
        ("Bob", "de-AT,en;q=0.5", "/", "de"),
        ("Bob", "fr, en;q=0.3, pl;q=0.8", "/", "pl"),
        ("Bob", "pl;q=0, *;q=0.1, de;q=odd", "/", "en"),
        ("Bob", "", "/wall?site=s3", "pl"),
        ("Bob", "fr", "/wall?site=s4", "en"),
        ("", "", "/", "en"),
    ],
)
def test_a_page_is_in_the_language_of_who_reads_it(
    shop: Served, name: str, browser: str, path: str, language: str
) -> None:
    """One's own language in the policy comes first, then the browser's, then that of the place, then the host's."""
    visitor = Visitor(shop)
    visitor.enter(TOKENS["viewer"], name)
    assert seen(visitor.ask(path, None, **{"Accept-Language": browser})[2]).language == language


async def test_who_says_no_language_is_told_in_the_hosts(tmp_path: Path) -> None:
    """Where `KEPT_LANGUAGE` says German, whoever asks for no language gets German."""
    async with asking(tmp_path, usual=Usual(language="de")) as caller:
        page = seen((await caller.get("/")).text)
    assert (page.language, "Noch kein Ereignis eingegangen" in page.texts) == ("de", True)


async def test_what_comes_live_is_in_the_language_of_the_page(tmp_path: Path) -> None:
    """A row that comes to an open page is in that page's language, and so is what else the page says of it."""
    async with asking(tmp_path) as caller:
        for language, left, title in (("pl", "jeszcze 57 s", "Zegar idzie · 1"), ("de", "noch 57 s", "Uhr läuft · 1")):
            if language == "pl":
                await caller.send(waiting("a", caller.clock.at))
                await caller.pass_time(3)
            address = f"{caller.url}/live?rows&version=x&language={language}"
            async with caller.session.ws_connect(address, headers={"Origin": caller.url}) as socket:
                news = await socket.receive_json(timeout=20)
            (row,) = news["rows"].values()
            assert (left in row, news["words"]["title-running"]) == (True, title)


def test_a_change_is_drawn_once_for_all_who_read_one_language() -> None:
    """A thousand pages that wait for the same news cost as much as one of each language; their clock is right."""
    now, changes, drawn = T0, Changes("a"), Drawn()
    before = changes.version
    item = Item("p1", "running", T0 + 60 * SECOND, T0, "s3/q1", "no-wait")
    changes.take(Picture(parts={"running": Part(1, (item,))}))
    rows = []
    for language in LANGUAGES:
        first, second = (
            drawn.since(changes, before, Wording(now + late, ZoneInfo("UTC"), Words(language)), acts=True)
            for late in (0, SECOND)
        )
        assert first is not None
        assert second is not None
        assert first["rows"] is second["rows"]
        assert second["now"] == first["now"] + 1_000
        rows.append(first["rows"]["p-p1"])
    assert len(set(rows)) == len(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_phone_shows_it_whole_and_its_script_speaks_it(shop: Served, browser: Browser, language: str) -> None:
    """At 390 pixels no page is wider than the screen, and its tabs stand in one row; its script says it so as well."""
    context = browser.new_context(locale=language, viewport={"width": 390, "height": 844})
    page, words = context.new_page(), Words(language)
    page.goto(f"{shop.url}/sign-in")
    page.locator("[name=token]").fill(TOKENS["supervisor"])
    page.locator("[name=name]").fill("Ania")
    page.locator("main button").click()
    (promise, *_) = owed(shop).values()
    for path in (*LISTS[:-1], f"/promises/{promise}", "/"):
        page.goto(shop.url + path)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, path
    name = page.locator(".who .name")
    assert name.evaluate("name => name.clientWidth >= name.scrollWidth && name.clientWidth > 0"), "the name is cut"
    tops = page.locator("nav a").evaluate_all("links => links.map(link => link.getBoundingClientRect().top)")
    assert max(tops) - min(tops) < 20
    expect(page.locator("#link")).to_have_text(words.say("live"))
    expect(page.locator("#list-running .count").first).to_have_text(re.compile(words.say("{span} left", span=r"\d+ s")))
    page.locator("button[formaction='/acts/acknowledge']").first.click()
    expect(page.locator(".note-box button")).to_have_text(words.say("Undo"))
    assert foreign(page.content(), language, values(shop)) == []
    context.close()


def test_spans_stand_beside_a_label_by_themselves() -> None:
    """In German they are in the case of a name, not in one that a preposition would ask for."""
    assert [Words("de").say(span) for span in SPANS.values()][:2] == ["eine halbe Stunde", "eine Stunde"]
