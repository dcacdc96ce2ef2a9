"""What people can do beside a promise: silences and dead letters; by role, and each with its name."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from streams.board.silences import holding
from streams.storage.rows import SuppressedFilter
from streams.web.guard import needed
from streams.web.session import ROLES, Role
from tests.board.peopled import ALL, TOKENS, acts, entered
from tests.board.serving import SECRET, Served, owed
from tests.board.visiting import Visitor
from tests.streams.asking import ONE, Peopled, cloud, register, waiting
from tests.streams.commands import kept_apart
from tests.streams.hosting import SECOND

# --- roles ---------------------------------------------------------------------------------------------------------

WRITES: dict[str, Role] = {
    "/acts/acknowledge": "supervisor", "/acts/done": "supervisor",
    "/acts/hand-on": "supervisor", "/acts/give-back": "supervisor",
    "/acts/excuse": "supervisor", "/acts/debrief": "supervisor",
    "/acts/silence": "supervisor", "/acts/unsilence": "supervisor", "/acts/resend": "author",
    "/acts/share": "frontliner", "/acts/thank": "frontliner", "/acts/reward": "supervisor",
    "/acts/make-exception": "frontliner", "/acts/propose": "frontliner", "/mine": "frontliner",
    "/acts/review": "supervisor", "/acts/own-page": "supervisor", "/v1/persons/mine": "supervisor",
    "/acts/set-aside": "author", "/v1/exceptions": "supervisor",
    "/find": "viewer", "/find/notices": "viewer",
    "/v1/events": "admin", "/v1/in/shop": "admin",
    "/acts/change-day": "supervisor", "/v1/calendars/shop/days": "supervisor",
    "/v1/time/accept": "admin", "/acts/hand-over": "supervisor", "/v1/shift/notes": "supervisor",
    "/v1/dead-letters/1/resend": "author", "/v1/dead-letters/1/set-aside": "author",
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_is_its_own_and_no_more(peopled: Served, role: Role) -> None:
    """Over every route that changes anything: who has the role gets in, who has less is told which role it needs."""
    routes = {
        route.resource.canonical.replace("{number}", "1").replace("{name}", "shop")
        for route in peopled.caller.app.router.routes()
        if route.method == "POST" and route.resource is not None
    }
    assert {path for path in routes if not path.startswith(("/sign-", "/do/"))} == WRITES.keys()
    visitor = Visitor(peopled)
    for path, least in WRITES.items():
        assert needed("POST", path) == least
        status, _, said = visitor.ask(path, {}, Authorization=f"Bearer {TOKENS[role]}")
        turned_away = status == 403 and f"this needs {least}" in said
        assert turned_away == (ROLES.index(role) < ROLES.index(least)), (path, status, said)
    assert visitor.ask("/v1/score", Authorization=f"Bearer {TOKENS[role]}")[0] == 200


def test_who_may_not_act_sees_no_form(peopled: Served) -> None:
    """A supervisor sees the forms for promises and silences, an author those for dead letters too, a viewer none."""
    peopled.send(register("late", peopled.now, queue="q2"))
    peopled.go(3)
    pages = ("/", "/notices", "/feeds", "/debriefs", "/people", "/shift")
    found = {}
    for role in ROLES:
        visitor, _ = entered(peopled, role)
        text = " ".join(visitor.ask(path)[2] for path in pages)
        found[role] = set(re.findall(r'action="/acts/([a-z-]+)"', text))
    assert found["viewer"] == set()
    assert found["supervisor"] == {"acknowledge", "debrief", "done", "excuse", "hand-over", "silence"}
    assert found["author"] == found["admin"] == {*found["supervisor"], "resend", "set-aside"}


# --- silences ------------------------------------------------------------------------------------------------------


def test_a_silence_is_laid_and_lifted(peopled: Served) -> None:
    """While it holds, nobody is told of what matches, and the page says so; lifted, they are told again."""
    visitor, proof = entered(peopled, "supervisor")
    form = {"proof": proof, "name": "Ania", "site": "s3", "span": "1h", "reason": "the shop is rebuilt"}
    assert visitor.ask("/acts/silence", form)[1]["Location"] == "/notices#silences"
    page = visitor.ask("/notices")[2]
    assert "site s3" in page
    assert "the shop is rebuilt" in page
    peopled.send(waiting("x", peopled.now, queue="q9"))
    peopled.go(50)
    queries = peopled.caller.host.read_model.board
    silenced = [it for it in queries.suppressed(SuppressedFilter(reason="silenced")) if it.subject == "s3/q9"]
    assert [(it.row.to, it.kind, it.standard) for it in silenced] == [("ann", "warned", "no-wait")]
    (name,) = re.findall(r'name="silence" value="([^"]+)"', page)
    assert visitor.ask("/acts/unsilence", {"proof": proof, "name": "Ania", "silence": name})[0] == 303
    assert "Nothing is silenced" in visitor.ask("/notices")[2]
    assert acts(peopled)[:2] == [("alert.unsilenced", "Ania", "kept/board"), ("alert.silenced", "Ania", "kept/board")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": ""}, "Say why"),
        ({"span": "9y"}, "Say for how long"),
        ({"standard": "no-weight"}, "no standard"),
        ({"site": ""}, "Say what is to be silent"),
        ({"site": "s33"}, "Did you mean s3?"),
        ({"site": "the-moon"}, "Kept knows no site &#x27;the-moon&#x27;. If it is a new one, tick that it is."),
    ],
)
def test_a_silence_that_says_too_little_is_not_laid(peopled: Served, given: dict[str, str], words: str) -> None:
    """Without a reason, for ever, for a standard or site that is not there, or by an empty form, none is laid."""
    visitor, proof = entered(peopled)
    form = {"proof": proof, "name": "Ania", "site": "s3", "span": "1h", "reason": "x", **given}
    status, _, page = visitor.ask("/acts/silence", form)
    assert (status, words in page) == (400, True)
    assert acts(peopled) == []


def test_a_new_site_is_silenced_when_it_is_said_to_be_new(peopled: Served) -> None:
    """All sites of the last weeks are offered; one that Kept has not heard of asks to be confirmed."""
    visitor, proof = entered(peopled)
    assert '<datalist id="sites"><option value="s3">' in visitor.ask("/notices")[2]
    form = {"proof": proof, "name": "Ania", "site": "s4", "span": "1h", "reason": "it opens tomorrow", "new": "1"}
    assert visitor.ask("/acts/silence", form)[0] == 303
    assert acts(peopled) == [("alert.silenced", "Ania", "kept/board")]


def test_a_silence_that_is_over_is_not_shown(peopled: Served) -> None:
    """Only what holds at the moment is listed."""
    visitor, proof = entered(peopled)
    visitor.ask("/acts/silence", {"proof": proof, "name": "Ania", "everything": "1", "span": "30m", "reason": "x"})
    actions = [act for _, act in peopled.caller.host.read_model.board.actions()]
    assert [until - peopled.now for _, until in holding(actions, peopled.now)] == [1800 * SECOND]
    assert holding(actions, peopled.now + 1801 * SECOND) == []


def test_without_a_policy_no_silence_is_offered(busy: Served) -> None:
    """Where nobody would heed a silence, the page has no form for one."""
    assert "/acts/silence" not in Visitor(busy).ask("/notices")[2]


# --- notices that were not sent --------------------------------------------------------------------------------------


def test_what_was_not_sent_is_listed_with_its_reason(peopled: Served) -> None:
    """The page and the API list it, by reason and by person, newest first; the metrics count it."""
    peopled.send(cloud("alert.silenced", "s", peopled.now, silence="x", until="2030-01-01T00:00:00Z", by="ann"))
    peopled.send(waiting("x", peopled.now, queue="q8"), waiting("y", peopled.now, queue="q9"))
    peopled.go(50)
    visitor, _ = entered(peopled)
    page = visitor.ask("/notices?reason=silenced&to=ann")[2]
    listed = page.partition('id="not-sent"')[2]
    assert re.findall(r'class="subject">s3/(q[89])</a>', listed) == ["q9", "q8"]
    assert "Nothing like this was kept from anybody" in visitor.ask("/notices?reason=budget")[2]
    key = {"Authorization": f"Bearer {TOKENS['viewer']}"}
    answer = peopled.do(peopled.caller.get("/v1/withheld?reason=silenced&limit=1", **key))
    (item,) = answer.json["items"]
    assert (item["to"], item["kind"], item["reason"]) == ("ann", "warned", "silenced")
    rest = peopled.do(peopled.caller.get(f"/v1/withheld?reason=silenced&after={answer.json['next']}", **key)).json
    suppressed = [item, *rest["items"]]
    assert {each["reason"] for each in suppressed} == {"silenced"}
    assert [each["number"] for each in suppressed] == sorted({each["number"] for each in suppressed}, reverse=True)
    metrics = peopled.do(peopled.caller.get("/metrics", **key)).text
    assert f'kept_withheld_notices_total{{reason="silenced"}} {len(suppressed)}.0' in metrics
    assert 'kept_notices_total{kind="broken"}' in metrics


@pytest.mark.parametrize("with_policy", [True, False])
def test_what_had_no_effect_is_not_said_to_have_been_done(tmp_path: Path, *, with_policy: bool) -> None:
    """What bob gives back on the clock, and never had, is said to have had no effect, and why, wherever acts are."""
    policy = "kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n" if with_policy else ""
    with Served(tmp_path, ALL, Peopled(policy)) as served:
        served.send(waiting("a", served.now))
        served.go(3)
        about = {"promise": owed(served)["s3/q1"]}
        took, back = cloud("alert.acknowledged", "t", served.now, by="ann", **about), "alert.given_back"
        served.send(took, cloud(back, "b", served.now, by="bob", **about))
        served.go(3)
        served.send(cloud(back, "c", served.now, by="ann", **about))
        served.go(3)
        visitor, _ = entered(served)
        for path in ("/people", f"/promises/{about['promise']}"):
            page = re.sub("<[^>]+>", "", html.unescape(visitor.ask(path)[2]))
            assert "bob wanted to give it back" in page, path
            assert page.count("Without effect: they did not have it.") == 1, path
            assert "ann gave it back" in page, path
            assert "bob gave it back" not in page, path
        key = {"Authorization": f"Bearer {TOKENS['admin']}"}
        items = served.do(served.caller.get("/v1/acts", **key)).json["items"]
        assert {each["id"]: each["without_effect"] for each in items} == {"t": "", "b": "not-theirs", "c": ""}
        told = kept_apart("why", about["promise"], "--data", str(tmp_path / "data"))
        assert "bob wanted to give it back" in told.stdout
        assert "not-theirs, who gave it back did not have it" in told.stdout
        metrics = served.do(served.caller.get("/metrics", **key)).text
        assert ('kept_withheld_notices_total{reason="not-theirs"} 1.0' in metrics) is with_policy


# --- dead letters --------------------------------------------------------------------------------------------------


def bad(served: Served, name: str = "m") -> None:
    """Send an event whose type has a slip in it."""
    event = {**waiting(name, served.now, queue="q7"), "type": "queue.lenght"}
    served.do(served.caller.post("/v1/events", event, ONE, Authorization=f"Bearer {SECRET}"))


def newest(served: Served) -> int:
    return max(letter.seq for letter in served.caller.host.read_model.dead_letters())


def test_a_dead_letter_is_mended_and_sent_again(peopled: Served) -> None:
    """The mended event is judged; the letter stays, with who did it, and no longer counts; twice is once."""
    bad(peopled)
    queries = peopled.caller.host.read_model.board
    before, number = queries.refused(0, dealt_with=False)[1], newest(peopled)
    letter = queries.letter(number)
    assert letter is not None
    visitor, proof = entered(peopled, "author")
    form = {"proof": proof, "name": "Ola", "letter": str(number), "raw": letter.raw.decode()}
    status, _, page = visitor.ask("/acts/resend", form)
    assert (status, "still cannot be read" in page, "did you mean" in page) == (422, True, True)
    assert queries.refused(0, dealt_with=False)[1] == before
    mended = {**form, "raw": letter.raw.decode().replace("lenght", "length")}
    assert [visitor.ask("/acts/resend", mended)[0] for _ in range(2)] == [303, 409]
    assert queries.refused(0, dealt_with=False)[1] == before - 1
    assert queries.letter(number) == letter
    assert acts(peopled) == [("letter.settled", "Ola", "kept/board")]
    peopled.go(2)
    assert "s3/q7" in owed(peopled)
    assert "sent it again" in visitor.ask("/feeds")[2]


def test_a_dead_letter_is_set_aside_by_the_api(peopled: Served) -> None:
    """With a reason, by somebody: it no longer counts; without one, or for none there is, that is said."""
    bad(peopled)
    number, key = newest(peopled), {"Authorization": f"Bearer {TOKENS['author']}"}

    def post(which: object, body: object) -> tuple[int, str]:
        answer = peopled.do(peopled.caller.post(f"/v1/dead-letters/{which}/set-aside", body, **key))
        return answer.status, answer.json.get("detail", "")

    assert post(number, {"by": "Ola"}) == (422, "say why it is set aside: `reason`")
    assert post(999_999, {"by": "Ola", "reason": "a test"})[0] == 404
    assert post("x", {"by": "Ola", "reason": "a test"})[0] == 404
    assert post(number, {"reason": "a test"})[0] == 422
    assert post(number, {"by": "Ola", "reason": "a test"})[0] == 202
    assert post(number, {"by": "Jan", "reason": "a test"}) == (409, "Ola has dealt with it already: set it aside")
    assert acts(peopled) == [("letter.settled", "Ola", "kept/api")]
    listed = peopled.do(peopled.caller.get("/v1/acts?type=letter.settled", **key)).json["items"]
    assert [(it["by"], it["data"]["reason"]) for it in listed] == [("Ola", "a test")]


def test_what_others_said_of_a_letter_is_no_message_of_ours(peopled: Served) -> None:
    """Whoever settles a letter by an event of their own may write braces: they are shown as they are."""
    bad(peopled)
    letter = peopled.caller.host.read_model.board.letter(newest(peopled))
    assert letter is not None
    said = {"letter": letter.mark, "by": "Jo", "how": "put in {box}"}
    peopled.send(cloud("letter.settled", "own", peopled.now, **said))
    key = {"Authorization": f"Bearer {TOKENS['author']}"}
    body = {"by": "Ola", "reason": "a test"}
    answer = peopled.do(peopled.caller.post(f"/v1/dead-letters/{letter.seq}/set-aside", body, **key))
    assert (answer.status, answer.json["detail"]) == (409, "Jo has dealt with it already: put in {box}")


@pytest.mark.parametrize(("role", "shown"), [("viewer", False), ("supervisor", True), ("author", True)])
def test_who_only_looks_on_is_not_shown_what_was_sent(peopled: Served, role: str, shown: bool) -> None:
    """That a letter came, and why it was refused, everybody sees; its content is for those who act."""
    bad(peopled)
    visitor = Visitor(peopled)
    visitor.enter(TOKENS[role])
    page = visitor.ask("/feeds")[2]
    raw = peopled.caller.host.read_model.dead_letters()[-1].raw.decode()
    assert "Its type is not known here" in page
    assert (html.escape(raw) in page) == shown
