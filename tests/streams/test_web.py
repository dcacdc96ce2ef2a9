"""The API's promises: what the ledger says can be looked up, what cannot be asked is said, and strangers stay out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streams.web import Access
from tests.streams.asking import BATCH, Caller, asking, cloud, register, waiting
from tests.streams.hosting import SECOND, T0


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    async with asking(tmp_path) as found:
        yield found


@pytest.fixture
async def busy(caller: Caller) -> Caller:
    """A shop where q1 was served in time, q2 was not, q3 is still waiting, and one event came too late."""
    await caller.send(waiting("a", T0), waiting("b", T0, queue="q2"))
    await caller.pass_time(12)
    await caller.send(register("c", T0 + 12 * SECOND))
    await caller.pass_time(88)
    await caller.send(waiting("d", T0 + 99 * SECOND, queue="q3"), waiting("e", T0 + 5 * SECOND, people=3))
    await caller.pass_time(10)
    return caller


async def test_promises_are_listed_newest_first(busy: Caller) -> None:
    """Each promise is shown with its verdict and both clocks."""
    items = (await busy.get("/v1/promises")).json["items"]
    assert [(item["subject"], item["verdict"]) for item in items] == [
        ("s3/q3", None), ("s3/q2", "broken"), ("s3/q1", "kept"),
    ]  # fmt: skip
    kept = items[-1]
    assert kept["fields"] == {"site": "s3", "queue": "q1"}
    assert (kept["opened_at"], kept["settled_at"]) == ("2026-01-09T23:06:40Z", "2026-01-09T23:06:52Z")
    assert (kept["elapsed_seconds"], kept["waited_seconds"], kept["owner"]) == (12.0, 12.0, "floor-lead")


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("open=true", ["s3/q3"]),
        ("open=false", ["s3/q2", "s3/q1"]),
        ("verdict=broken", ["s3/q2"]),
        ("state=open", ["s3/q3"]),
        ("subject=s3/q1", ["s3/q1"]),
        ("standard=no-wait&owner=floor-lead&verdict=kept", ["s3/q1"]),
        ("standard=other", []),
        ("overdue=true", ["s3/q2"]),
        ("overdue=false", ["s3/q3", "s3/q1"]),
        ("overdue=true&subject=s3/q1", []),
        ("due_before=2026-01-09T23:09:20Z", ["s3/q3"]),
        ("due_before=2026-01-10T00:09:19%2B01:00", []),
        ("due_before=0001-01-01T00:00:00%2B14:00", []),
    ],
)
async def test_promises_are_filtered(busy: Caller, question: str, subjects: list[str]) -> None:
    """All that is asked for must match."""
    answer = await busy.get(f"/v1/promises?{question}")
    assert [item["subject"] for item in answer.json["items"]] == subjects


async def test_pages_join_to_the_whole_list(busy: Caller) -> None:
    """Page by page gives each promise once, and ends."""
    found, after = [], ""
    while True:
        page = (await busy.get(f"/v1/promises?limit=2{after}")).json
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == [item["id"] for item in (await busy.get("/v1/promises")).json["items"]]
    assert len(set(found)) == 3


async def test_one_promise_is_told_in_full(busy: Caller) -> None:
    """A promise's page has its ledger lines, their causes, and the words of the standard that judged it."""
    listed = (await busy.get("/v1/promises?subject=s3/q1")).json["items"][0]
    found = (await busy.get(f"/v1/promises/{listed['id']}")).json
    assert [(line["kind"], line["waited_seconds"]) for line in found["lines"]] == [("opened", 0.0), ("kept", 12.0)]
    assert found["lines"][1]["cause"] == {"source": "till", "id": "c"}
    assert "You will never stand behind more than three people." in found["standard_text"]
    missing = await busy.get("/v1/promises/none")
    assert (missing.status, missing.headers["Content-Type"]) == (404, "application/problem+json")


async def test_standards_are_shown_as_written(caller: Caller) -> None:
    """The standards in force are shown with everything that their author said."""
    (found,) = (await caller.get("/v1/standards")).json["items"]
    assert (found["id"], found["shape"], found["per"]) == ("no-wait", "response", ["site", "queue"])
    assert (found["owner"], found["may_excuse"], found["objective"]) == ("floor-lead", ["floor-lead"], None)
    assert '"within":"60s"' in found["text"]


async def test_the_score_counts_each_verdict(busy: Caller) -> None:
    """The score has its counts, its share and how sure that is; a standard without promises has none."""
    (found,) = (await busy.get("/v1/score?standard=no-wait")).json["items"]
    assert (found["opened"], found["open"], found["kept"], found["broken"], found["kept_rate"]) == (3, 1, 1, 1, 0.5)
    assert found["interval"][0] < 0.5 < found["interval"][1]
    assert found["mean_waited_seconds"] == 36.0
    later = (await busy.get("/v1/score?since=2026-01-09T23:08:00Z")).json["items"][0]
    assert (later["opened"], later["kept_rate"], later["interval"]) == (1, None, None)
    nobody = await busy.get("/v1/score?standard=no-wiat")
    assert nobody.status == 404
    assert "did you mean no-wait?" in nobody.json["detail"]


async def test_late_events_and_notices_are_listed(busy: Caller) -> None:
    """What changed nothing and what was told can both be looked up; a warning that comes after the time is not told."""
    (late,) = (await busy.get("/v1/late")).json["items"]
    assert (late["id"], late["reason"], late["type"]) == ("e", "late", "queue.length")
    notices = (await busy.get("/v1/notices")).json["items"]
    assert {notice["kind"] for notice in notices if notice["reason"] == "told"} == {"broken"}
    (last,) = (await busy.get("/v1/notices?limit=1")).json["items"]
    assert last["id"] == notices[0]["id"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/promises?standart=x", "did you mean standard?"),
        ("/v1/promises?limit=501", "limit: Input should be less than or equal to 500"),
        ("/v1/promises?limit=1.0", "limit: this is a whole number, such as 100"),
        ("/v1/promises?limit=1&limit=2", "limit is given twice"),
        ("/v1/promises?after=nowhere", "leave it out to begin anew"),
        ("/v1/promises?open=yes", "open: this is true or false"),
        ("/v1/promises?due_before=2026-01-09", "a time is written like 2026-01-31T08:00:00Z"),
        ("/v1/promises?verdict=good", "verdict: Input should be 'kept', 'broken', 'void'"),
        ("/v1/score?since=yesterday", "since: a time is written like"),
        ("/v1/dead-letters?after=-1", "after: this is a whole number"),
        ("/v1/standards?x=1", "'x' cannot be asked at /v1/standards; nothing can be; leave it out"),
        ("/healthz?x=1", "'x' cannot be asked"),
    ],
)
async def test_what_cannot_be_asked_is_said(caller: Caller, path: str, words: str) -> None:
    """A slip in a question is an answer of its own, never an answer to another question."""
    answer = await caller.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert words in answer.json["detail"]


async def test_what_is_not_there_is_said(caller: Caller) -> None:
    """A wrong path or method is answered with what would be right."""
    assert (await caller.get("/v2")).json["title"] == "Not Found"
    answer = await caller.get("/v1/exceptions")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


# --- exceptions ---------------------------------------------------------------------------------------------------

GRANT = {"standard": "no-wait", "subject": "s3/q3", "by": "floor-lead", "reason": "fire alarm"}


async def test_an_exception_excuses(busy: Caller) -> None:
    """A granted exception excuses the open promise, and granting it again adds nothing."""
    first = await busy.post("/v1/exceptions", GRANT)
    assert (first.status, first.json["already"]) == (202, False)
    again = await busy.post("/v1/exceptions", GRANT)
    assert again.json["event"] == first.json["event"]
    await busy.pass_time(5)
    (found,) = (await busy.get("/v1/promises?verdict=excused")).json["items"]
    assert [found["id"]] == first.json["promises"]
    after = await busy.post("/v1/exceptions", GRANT)
    assert (after.status, after.json["already"], after.json["promises"]) == (200, True, [found["id"]])


async def test_a_broken_promise_is_excused_by_its_id(busy: Caller) -> None:
    """A promise that was broken within the day can be excused by its id; its verdict is corrected."""
    (broken,) = (await busy.get("/v1/promises?verdict=broken")).json["items"]
    grant = {"promise": broken["id"], "by": "floor-lead", "reason": "till outage"}
    assert (await busy.post("/v1/exceptions", grant, Idempotency_Key="k1")).status == 202
    await busy.pass_time(5)
    found = (await busy.get(f"/v1/promises/{broken['id']}")).json
    assert (found["verdict"], found["corrected"], found["lines"][-1]["was"]) == ("excused", True, "broken")
    stale = {**grant, "promise": broken["id"]}
    assert (await busy.post("/v1/exceptions", stale)).json["already"]


async def test_an_idempotency_key_names_the_grant(busy: Caller) -> None:
    """With the same key the same grant is meant, whatever else is different."""
    first = await busy.post("/v1/exceptions", GRANT, Idempotency_Key="k1")
    second = await busy.post("/v1/exceptions", {**GRANT, "reason": "the alarm"}, Idempotency_Key="k1")
    third = await busy.post("/v1/exceptions", GRANT, Idempotency_Key="k2")
    assert first.json["event"] == second.json["event"] != third.json["event"]


@pytest.mark.parametrize(
    ("grant", "status", "words"),
    [
        ({**GRANT, "standard": "no-wiat"}, 404, "did you mean no-wait?"),
        ({**GRANT, "by": "somebody"}, 422, "'somebody' may not excuse no-wait; floor-lead may"),
        ({**GRANT, "subject": "s3"}, 409, "its subjects are site/queue"),
        ({**GRANT, "subject": ""}, 409, "nothing that no-wait owes ''"),
        ({**GRANT, "subject": "s3/q1"}, 409, "nothing that no-wait owes 's3/q1' is open"),
        ({**GRANT, "promise": "none"}, 404, "there is no promise 'none'"),
        ({"by": "floor-lead", "reason": "x"}, 422, "say which promise is excused"),
        ({**GRANT, "reason": ""}, 422, "reason: String should have at least 1 character"),
        ({**GRANT, "more": 1}, 422, "more: Extra inputs are not permitted"),
        ({**GRANT, "by": 7}, 422, "by: Input should be a valid string"),
        ([], 422, "body: Input should be an object"),
    ],
)
async def test_a_grant_that_cannot_be_is_refused(busy: Caller, grant: object, status: int, words: str) -> None:
    """Who grants what cannot be granted learns why at once, and nothing is recorded."""
    answer = await busy.post("/v1/exceptions", grant)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert words in answer.json["detail"]


async def test_a_settled_promise_is_not_excused(busy: Caller) -> None:
    """A kept promise needs no excuse, and a promise's own standard and subject cannot be given otherwise."""
    (kept,) = (await busy.get("/v1/promises?verdict=kept")).json["items"]
    grant = {"promise": kept["id"], "by": "floor-lead", "reason": "x"}
    assert (await busy.post("/v1/exceptions", grant)).status == 409
    assert (await busy.post("/v1/exceptions", {**grant, "subject": "s3/q2"})).status == 422
    assert (await busy.post("/v1/exceptions", b"{")).status == 400
    assert (await busy.post("/v1/exceptions", grant, "text/plain")).status == 415


async def test_an_old_verdict_stays(busy: Caller) -> None:
    """While it is overdue a broken promise can be excused, and once it was given up it can no longer be."""
    (broken,) = (await busy.get("/v1/promises?verdict=broken")).json["items"]
    grant = {"promise": broken["id"], "by": "somebody", "reason": "x"}
    await busy.pass_time(3 * 86_400)
    assert "may not excuse" in (await busy.post("/v1/exceptions", grant)).json["detail"]
    await busy.pass_time(4 * 86_400 + 100)
    answer = await busy.post("/v1/exceptions", {**grant, "by": "floor-lead"})
    assert (answer.status, "its verdict stays" in answer.json["detail"]) == (409, True)


# --- strangers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:1", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
        ("[", 403),
    ],
)
async def test_only_names_of_this_machine_are_answered(caller: Caller, name: str, status: int) -> None:
    """Without a token, a page whose name was pointed at this machine learns nothing."""
    assert (await caller.get("/v1/score", Host=name)).status == status
    assert (await caller.get("/healthz", Host="10.0.0.7")).status == 200


async def test_other_names_can_be_allowed(tmp_path: Path) -> None:
    """A name can be given that the server is reached by; with a token any name will do."""
    async with asking(tmp_path, access=Access(hosts=("Shop.example",))) as caller:
        assert (await caller.get("/v1/score", Host="shop.example:80")).status == 200
    async with asking(tmp_path, access=Access(token="t")) as caller:
        assert (await caller.get("/v1/score", Host="any.example", Authorization="Bearer t")).status == 200


async def test_pages_of_other_origins_change_nothing(caller: Caller) -> None:
    """A page from elsewhere may not send events or grant exceptions."""
    body, own = [waiting("a", T0)], caller.url
    assert (await caller.post("/v1/events", body, BATCH, Origin="http://evil.example")).status == 403
    assert (await caller.post("/v1/events", body, BATCH, Origin="null")).status == 403
    assert (await caller.post("/v1/events", body, BATCH, Origin=own)).status == 202


async def test_every_answer_has_strict_headers(caller: Caller) -> None:
    """No answer can be framed, guessed at, stored or run as a page with scripts."""
    for path in ("/", "/v1/score", "/v2", "/metrics"):
        headers = (await caller.get(path)).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


async def test_the_front_page_leads_everywhere(busy: Caller) -> None:
    """Whoever opens the server in a browser sees what is open, and every link leads somewhere."""
    page = (await busy.get("/")).text
    links = {part.split('"')[0] for part in page.split('href="')[1:]} - {"#content"}
    assert "You will never stand behind more than three people." in page
    assert {(await busy.get(link)).status for link in links} == {200}
    assert {"/", "/standards", "/debriefs", "/notices", "/feeds", "/openapi.json"} < links


async def test_a_new_event_type_is_known_at_once(caller: Caller, tmp_path: Path) -> None:
    """After the standards were read anew, events are read by the new vocabulary."""
    event = cloud("window.cleaned", "w", T0, window="front")
    assert (await caller.send(event)).status == 400
    rules = tmp_path / "rules" / "shop.yaml"
    rules.write_text(rules.read_text() + "events:\n  window.cleaned: {window: text}\n")
    assert await caller.host.reload()
    assert (await caller.send(event)).status == 202
