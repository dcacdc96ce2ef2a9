"""The forms' promises: only our own pages can send them, only those who may, and each says who did what, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.board.serving import GUARDED, LOOK, SECRET, Served, auth, fill, owed, proof_in
from tests.board.visiting import Visitor
from tests.streams.asking import register, waiting
from tests.streams.hosting import SECOND


@pytest.fixture
def visitor(busy: Served) -> Visitor:
    return Visitor(busy)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path, GUARDED) as served:
        fill(served)
        yield served


def promise(served: Served, *, broken: bool) -> str:
    if broken:
        return served.caller.host.read_model.board.broken(1, debriefed=False)[0][0].id
    return next(iter(owed(served).values()))


def test_a_form_needs_its_proof(visitor: Visitor) -> None:
    """Without the proof of its session nothing is done; with it, it is done and said who did it."""
    wanted = {"promise": promise(visitor.served, broken=False), "name": "Ania"}
    assert visitor.ask("/acts/acknowledge", wanted)[0] == 403
    proof = proof_in(visitor.ask("/")[2])
    assert visitor.ask("/acts/acknowledge", {**wanted, "proof": "0" * 64})[0] == 403
    assert Visitor(visitor.served).ask("/acts/acknowledge", {**wanted, "proof": proof})[0] == 403
    assert visitor.ask("/acts/acknowledge", {**wanted, "proof": proof}, Origin="http://evil.example")[0] == 403
    assert visitor.served.caller.host.read_model.board.actions_on([wanted["promise"]]) == []
    status, headers, _ = visitor.ask("/acts/acknowledge", {**wanted, "proof": proof, "next": "/"})
    assert (status, headers["Location"]) == (303, "/")
    (act,) = visitor.served.caller.host.read_model.board.actions_on([wanted["promise"]])
    assert (act.type, act.by, act.source) == ("alert.acknowledged", "Ania", "kept/board")


@pytest.mark.parametrize(
    ("act", "given", "words"),
    [
        ("acknowledge", {"name": ""}, "Say your name"),
        ("acknowledge", {"promise": "none"}, "There is no promise"),
        ("excuse", {"by": "somebody", "reason": "x"}, "may not excuse"),
        ("excuse", {"by": "floor-lead"}, "Say why"),
        ("debrief", {"cause": "x"}, "Say what we try now"),
    ],
)
def test_what_cannot_be_done_is_said(visitor: Visitor, act: str, given: dict[str, str], words: str) -> None:
    """A form that cannot be used is answered with a page that says why, and nothing is recorded."""
    proof = proof_in(visitor.ask("/")[2])
    usual = {"promise": promise(visitor.served, broken=True), "name": "Ania", "proof": proof}
    status, headers, page = visitor.ask(f"/acts/{act}", {**usual, **given})
    assert (status >= 400, headers["Content-Type"]) == (True, "text/html; charset=utf-8")
    assert words in page
    assert visitor.served.caller.host.read_model.board.actions_on([usual["promise"]]) == []


def test_a_debrief_is_sent_once(visitor: Visitor) -> None:
    """Sending a form twice records it once, and the promise is talked over."""
    proof = proof_in(visitor.ask("/")[2])
    name = promise(visitor.served, broken=True)
    form = {"promise": name, "name": "Jan", "proof": proof, "cause": "nobody on the list", "next_step": "a longer list"}
    assert [visitor.ask("/acts/debrief", form)[0] for _ in range(2)] == [303, 303]
    queries = visitor.served.caller.host.read_model.board
    (act,) = queries.actions_on([name])
    said = {key: value for key, value in act.data.items() if value is not None}
    assert said == {"promise": name, "by": "Jan", "cause": "nobody on the list", "next_step": "a longer list"}
    assert [queries.broken(9, debriefed=done)[1] for done in (True, False)] == [1, 0]


def test_a_next_step_has_its_day(visitor: Visitor) -> None:
    """It is due at the end of the day that was named; what is no day is refused, in words."""
    proof = proof_in(visitor.ask("/")[2])
    form = {"promise": promise(visitor.served, broken=True), "name": "Jan", "proof": proof, "cause": "a queue"}
    form |= {"next_step": "a longer list", "next_step_by": "2026-02-30"}
    status, _, said = visitor.ask("/acts/debrief", form)
    assert (status, "Say by which day" in said) == (400, True)
    assert visitor.ask("/acts/debrief", form | {"next_step_by": "2026-02-03"})[0] == 303
    (act,) = visitor.served.caller.host.read_model.board.actions_on([form["promise"]])
    assert act.data["next_step_by"] == "2026-02-03T23:59:59Z"


def test_what_answers_a_form_is_not_asked_for_again(visitor: Visitor) -> None:
    """Its page has nothing that follows what is new: asked for by its address it would be another page, or none."""
    status, _, said = visitor.ask("/acts/debrief", {"proof": proof_in(visitor.ask("/")[2]), "promise": "none"})
    assert status >= 400
    assert "data-live" in visitor.ask("/")[2]
    assert "data-live" not in said


def test_one_talk_is_about_all_of_a_kind(visitor: Visitor) -> None:
    """Debriefs has one form at a time; a talk can be about all of a standard at a site that were shown, and no more."""
    served = visitor.served
    served.send(*(waiting(f"x{number}", served.now, queue=f"q{number}") for number in (7, 8)))
    served.go(100)
    assert "5 broken promises are still owed</a>: first it is done" in visitor.ask("/debriefs")[2]
    served.send(*(register(f"r{number}", served.now, queue=f"q{number}") for number in (2, 3, 4, 7, 8)))
    served.go(3)
    page = visitor.ask("/debriefs")[2]
    queries = served.caller.host.read_model.board
    count = queries.broken(9, debriefed=False)[1]
    first = page.partition('name="promise" value="')[2].partition('"')[0]
    assert count > 2
    assert page.count('action="/acts/debrief"') == 1
    assert f"It was the same with {count - 1} more promises of no-wait at s3" in page
    alike = page.partition('name="alike" value="')[2].partition('"')[0]
    assert {first, *alike.split(".")} == {row.id for row in queries.broken(9, debriefed=False)[0]}
    served.send(waiting("x9", served.now, queue="q9"))
    served.go(100)
    assert queries.broken(9, debriefed=False)[1] == count + 1
    form = {"promise": first, "name": "Jan", "proof": proof_in(page), "cause": "x", "next_step": "y"}
    status, headers, _ = visitor.ask("/acts/debrief", {**form, "alike": alike, "next": "/debriefs"})
    assert (status, headers["Location"]) == (303, "/debriefs")
    assert [queries.broken(9, debriefed=done)[1] for done in (True, False)] == [count, 1]
    said = visitor.ask("/acts/debrief", {**form, "alike": f"{alike}.none", "next": "/debriefs"})[2]
    assert f"It was for {count - 1} of the {count} that were shown; the others are not broken any more." in said


def test_a_known_reason_counts_before_what_is_written(visitor: Visitor) -> None:
    """Where a promise has a page of its own, the standard's exceptions are buttons of the form, too."""
    name, proof = promise(visitor.served, broken=False), proof_in(visitor.ask("/")[2])
    page = visitor.ask(f"/promises/{name}")[2]
    assert '<button name="reason" value="Till outage" formnovalidate' in page
    form = {"promise": name, "name": "Ania", "proof": proof, "by": "floor-lead", "reason": "Till outage"}
    assert visitor.ask("/acts/excuse", form)[0] == 303
    (act,) = visitor.served.caller.host.read_model.board.actions_on([name])
    assert (act.source, act.data["person"], act.data["reason"]) == ("kept/board", "Ania", "Till outage")


def test_one_tap_says_its_reason_and_nothing_more(visitor: Visitor) -> None:
    """A button's value says whom, as whom and why; it cannot say by which way an act came, or widen it to a site."""
    name, proof = promise(visitor.served, broken=False), proof_in(visitor.ask("/")[2])
    said = {"promise": name, "by": "floor-lead", "reason": "x", "source": "kept/link", "site": "s3", "span": "8h"}
    assert visitor.ask("/acts/excuse", {"grant": urlencode(said), "name": "Ania", "proof": proof})[0] == 303
    ((_, act),) = visitor.served.caller.host.read_model.board.actions()
    assert (act.promise, act.source) == (name, "kept/board")


@pytest.mark.parametrize(
    ("after", "also", "leads"),
    [
        ("/?site=s3&q=zażółć", "", "/?site=s3&q=zażółć"),
        ("/?a\r\nX: y", "", "/promises/{}"),
        ("/?a\x00", "", "/promises/{}"),
        ("//evil.example", "", "/promises/{}"),
        ("", "a\r\nX: y", "/promises/a%0D%0AX%3A%20y"),
    ],
)
def test_a_form_leads_back_on_one_line(visitor: Visitor, after: str, also: str, leads: str) -> None:
    """What is done is answered: where a form says to go back to can be no second line of the answer's head."""
    name, proof = promise(visitor.served, broken=False), proof_in(visitor.ask("/")[2])
    whom = {"group": name, "promise": also} if also else {"promise": name}
    status, headers, _ = visitor.ask("/acts/acknowledge", {**whom, "name": "Ania", "proof": proof, "next": after})
    assert (status, headers["Location"], "X" in headers) == (303, leads.format(name), False)
    assert len(visitor.served.caller.host.read_model.board.actions_on([name])) == 1


def test_what_is_done_keeps_the_promise(visitor: Visitor) -> None:
    """Who says that it is done keeps the promise, in their own name; once is enough, and what is over stays so."""
    proof, served = proof_in(visitor.ask("/")[2]), visitor.served
    name = promise(served, broken=False)
    form = {"promise": name, "name": "Ania", "proof": proof, "next": "/"}
    assert visitor.ask("/acts/done", form)[0] == 303
    served.go(3)
    found = served.caller.host.read_model.promise(name)
    assert found is not None
    assert (found.row.verdict, found.lines[-1].cause) == ("kept", ("kept/board", found.lines[-1].cause[1]))  # type: ignore[index]
    (act,) = served.caller.host.read_model.board.actions_on([name])
    assert (act.type, act.by) == ("work.reported", "Ania")
    status, _, page = visitor.ask("/acts/done", form)
    assert (status, "This promise is settled already: kept." in page) == (409, True)


def test_what_is_overdue_is_taken_and_done_from_every_page(visitor: Visitor) -> None:
    """A broken promise that is owed still offers what Now offers on its own page too, and each of it is accepted."""
    proof, served = proof_in(visitor.ask("/")[2]), visitor.served
    name = promise(served, broken=True)
    page = visitor.ask(f"/promises/{name}")[2]
    assert "late</span>" in page
    assert 'class="state broken">overdue<' in page
    for act in ("acknowledge", "done"):
        assert f'action="/acts/{act}"' in page
        assert visitor.ask(f"/acts/{act}", {"promise": name, "name": "Ania", "proof": proof})[0] == 303
    served.go(3)
    found = served.caller.host.read_model.promise(name)
    assert found is not None
    assert found.row.state == "late"
    page = visitor.ask(f"/promises/{name}")[2]
    assert 'action="/acts/done"' not in page
    waited = (found.lines[-1].at - found.row.opened) // SECOND
    assert f"<dt>For the customer</dt><dd>{waited // 60} min {waited % 60} s</dd>" in page
    status, _, page = visitor.ask("/acts/acknowledge", {"promise": name, "name": "Jan", "proof": proof})
    assert (status, "This promise is settled already: broken, done late." in page) == (409, True)


# --- with a token -------------------------------------------------------------------------------------------------


def test_who_has_no_token_is_led_to_the_door(guarded: Served) -> None:
    """Without a session a person is shown the door, a program is told, and a form does nothing."""
    stranger = Visitor(guarded)
    status, headers, _ = stranger.ask("/standards")
    assert (status, headers["Location"]) == (303, "/sign-in?next=/standards")
    assert stranger.ask("/?site=s3&mine=1")[1]["Location"] == "/sign-in?next=/%3Fsite%3Ds3%26mine%3D1"
    assert [stranger.ask(path)[0] for path in ("/v1/promises", "/live", "/metrics")] == [401, 401, 401]
    assert stranger.ask("/acts/debrief", {"promise": "x"})[0] == 401
    assert [stranger.ask(path)[0] for path in ("/sign-in", "/board.css", "/board.js")] == [200, 200, 200]


def test_the_token_opens_the_door(guarded: Served) -> None:
    """With the token somebody may look and act, under a cookie that no script and no other site can use."""
    visitor = Visitor(guarded)
    status, headers, _ = visitor.ask("/sign-in", {"token": SECRET, "name": "Ania", "next": "/debriefs"})
    assert (status, headers["Location"]) == (303, "/debriefs")
    assert re.search(r"HttpOnly; Max-Age=43200; Path=/; SameSite=Strict$", headers["Set-Cookie"])
    proof = proof_in(visitor.ask("/")[2])
    wanted = {"promise": promise(guarded, broken=False), "name": "Ania", "proof": proof}
    assert visitor.ask("/acts/acknowledge", wanted)[0] == 303
    assert visitor.ask("/v1/score")[0] == 200
    assert visitor.ask("/v1/exceptions", {"by": "x"})[0] == 401, "a session sends our forms, and nothing else"
    assert visitor.ask("/sign-out", {"proof": proof})[1]["Location"] == "/sign-in"
    assert visitor.ask("/")[0] == 303


def test_behind_https_the_cookie_is_for_https_only(guarded: Served) -> None:
    """Where a proxy speaks TLS, the cookie never goes without it."""
    form = {"token": SECRET, "name": "Ania"}
    assert "Secure" in Visitor(guarded).ask("/sign-in", form, **{"X-Forwarded-Proto": "https"})[1]["Set-Cookie"]


def test_who_may_look_may_not_act(guarded: Served) -> None:
    """The token for looking shows every page, without forms, and does nothing; neither does it by the API."""
    visitor = Visitor(guarded)
    assert visitor.enter(LOOK) == 303
    page = visitor.ask(f"/promises/{promise(guarded, broken=True)}")[2]
    assert "/acts/" not in page
    proof = proof_in(page)
    assert visitor.ask("/acts/debrief", {"proof": proof, "promise": "x", "name": "x"})[0] == 403
    assert visitor.ask("/v1/events", {}, Authorization=f"Bearer {LOOK}")[0] == 403
    assert visitor.ask("/v1/score", Authorization=f"Bearer {LOOK}")[0] == 200
    assert visitor.ask("/v1/events", {}, **auth(guarded))[0] == 415


def test_guessing_is_slowed_down(guarded: Served) -> None:
    """After five wrong tokens whoever gives another one has to wait; whoever has the right one comes in."""
    visitor = Visitor(guarded)
    assert [visitor.enter("guess") for _ in range(6)] == [403] * 5 + [429]
    assert visitor.enter(SECRET) == 303


def test_a_cookie_cannot_be_made(guarded: Served) -> None:
    """A cookie of a server with another token, or changed by a letter, opens nothing."""
    visitor = Visitor(guarded)
    assert visitor.enter(LOOK) == 303
    name, _, value = visitor.cookie.partition("=")
    body, _, seal = value.partition(".")
    other = "1" if seal.endswith("0") else "0"
    for forged in (f"{body}A.{seal}", f"{body}.{seal[:-1]}{other}", f".{seal}", body, "", "%ff.x"):
        visitor.cookie = f"{name}={forged}"
        assert visitor.ask("/")[0] == 303, forged
        visitor.cookie = ""


@pytest.mark.parametrize("after", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_the_door_leads_nowhere_else(guarded: Served, after: str) -> None:
    """Signing in never leads to another server."""
    status, headers, _ = Visitor(guarded).ask("/sign-in", {"token": SECRET, "name": "A", "next": after})
    assert (status, headers["Location"]) == (303, "/")


def test_a_foreign_page_cannot_listen(busy: Served) -> None:
    """A page from elsewhere that a browser here has open learns nothing over the WebSocket."""

    async def listen(origin: str) -> int:
        url = busy.url.replace("http", "ws") + "/live?rows"
        try:
            async with busy.caller.session.ws_connect(url, headers={"Origin": origin}) as socket:
                message = await socket.receive_json(timeout=5)
                return len(message["rows"])
        except aiohttp.WSServerHandshakeError as error:
            return error.status

    assert busy.do(listen("http://evil.example")) == 403
    assert busy.do(listen(busy.url)) == 3
