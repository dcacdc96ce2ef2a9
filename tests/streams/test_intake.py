"""The intake's promises: 202 means durable, nothing is passed over in silence, and no body is read beyond its limit."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from standards.errors import StateError
from standards.judge.events import Event
from streams.embedded.embedded import EmbeddedHost
from streams.ingest.wire import MOST_REFUSED, Refusal
from streams.storage.status import Status
from streams.web import Access
from tests.streams.asking import BATCH, LINES, ONE, Caller, asking, register, waiting
from tests.streams.hosting import SECOND, T0


def lines(*events: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    async with asking(tmp_path) as found:
        yield found


async def open_promises(caller: Caller) -> int:
    await caller.pass_time(10)
    return len((await caller.get("/v1/promises?open=true")).json["items"])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (ONE, json.dumps(waiting("a", T0)).encode()),
        (f"{ONE}; charset=utf-8", json.dumps(waiting("a", T0)).encode()),
        (BATCH, json.dumps([waiting("a", T0)]).encode()),
        (LINES, lines(waiting("a", T0))),
        ("application/jsonl", b"\n" + lines(waiting("a", T0)) + b"\n"),
    ],
)
async def test_every_form_of_an_event_is_taken_in(caller: Caller, kind: str, body: bytes) -> None:
    """An event is the same event in whichever form it is sent."""
    answer = await caller.post("/v1/events", body, kind)
    assert (answer.status, answer.json) == (202, {"accepted": 1, "refused": []})
    assert await open_promises(caller) == 1


async def test_the_binary_form_is_taken_in(caller: Caller) -> None:
    """The attributes may stand in ce-* headers, with the data alone in the body."""
    event = waiting("a", T0)
    attributes = {f"ce-{name}": event[name] for name in ("specversion", "id", "source", "type", "time")}
    answer = await caller.post("/v1/events", event["data"], **attributes)
    assert (answer.status, answer.json) == (202, {"accepted": 1, "refused": []})
    assert await open_promises(caller) == 1


@pytest.mark.parametrize("kind", [BATCH, LINES])
async def test_bad_events_are_named_and_good_ones_kept(caller: Caller, kind: str) -> None:
    """One bad event costs only itself: the answer says which, where and why, and it is in the dead letters."""
    bad = {**waiting("bad", T0), "type": "queue.lenght"}
    sent = [waiting("a", T0), bad, register("c", T0 + 600 * SECOND), {**waiting("d", T0), "data": {}}]
    body = json.dumps(sent).encode() if kind == BATCH else b"\n" + lines(*sent)
    answer = await caller.post("/v1/events", body, kind)
    first = 1 if kind == BATCH else 2
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert [(found["place"], found["reason"], found["id"]) for found in answer.json["refused"]] == [
        (first + 1, "unknown-type", "bad"),
        (first + 2, "from-the-future", "c"),
        (first + 3, "bad-field", "d"),
    ]
    assert answer.json["accepted"] == 1
    assert "did you mean queue.length?" in answer.json["refused"][0]["message"]
    assert "the other 1 were kept" in answer.json["detail"]
    letters = (await caller.get("/v1/dead-letters")).json["items"]
    assert sorted(letter["reason"] for letter in letters) == ["bad-field", "from-the-future", "unknown-type"]
    future = next(letter for letter in letters if letter["reason"] == "from-the-future")
    assert json.loads(future["raw"]) == sent[2]
    assert await open_promises(caller) == 1


@pytest.mark.parametrize(("kind", "body"), [(ONE, b""), (BATCH, b"{}"), (LINES, b"\xff\xfe"), (BATCH, b"[")])
async def test_what_is_no_event_at_all_is_refused(caller: Caller, kind: str, body: bytes) -> None:
    """A body that is not what its content type says is a dead letter, too."""
    answer = await caller.post("/v1/events", body, kind)
    assert (answer.status, answer.json["accepted"], answer.json["refused"][0]["place"]) == (400, 0, 1)
    assert len((await caller.get("/v1/dead-letters")).json["items"]) == 1


async def test_a_refused_binary_event_keeps_its_attributes(caller: Caller) -> None:
    """The dead letter of a binary event says what its headers said."""
    answer = await caller.post("/v1/events", {}, ce_id="x", ce_type="no.such", ce_source="till", ce_specversion="1.0")
    assert (answer.status, answer.json["refused"][0]["id"]) == (400, "x")
    raw = json.loads((await caller.get("/v1/dead-letters")).json["items"][0]["raw"])
    assert (raw["type"], raw["data"]) == ("no.such", "{}")


async def test_nothing_is_no_error(caller: Caller) -> None:
    """An empty batch is taken in: nothing of it is missing."""
    assert (await caller.post("/v1/events", [], BATCH)).status == 202
    assert (await caller.post("/v1/events", b"\n\n", LINES)).json == {"accepted": 0, "refused": []}


async def test_a_hopeless_request_is_given_up(caller: Caller) -> None:
    """A request of nothing but rubbish is not read to its end, and the answer stays short."""
    answer = await caller.post("/v1/events", lines(waiting("a", T0)) + b"x\n" * (MOST_REFUSED + 500), LINES)
    assert (answer.status, answer.json["accepted"], len(answer.json["refused"])) == (400, 0, MOST_REFUSED)
    assert "nothing was kept" in answer.json["detail"]
    assert await open_promises(caller) == 0


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/xml", "multipart/form-data"])
async def test_other_content_types_are_refused(caller: Caller, kind: str) -> None:
    """A sender with the wrong content type is told which ones there are."""
    answer = await caller.post("/v1/events", [waiting("a", T0)], kind)
    assert answer.status == 415
    assert BATCH in answer.json["detail"]
    assert BATCH in answer.headers["Accept-Post"]


@pytest.mark.parametrize("source", ["kept", "kept/board", "kept/calendars"])
async def test_nobody_speaks_as_kept_itself(caller: Caller, source: str) -> None:
    """What claims to come from Kept is refused at the door, not after it was accepted."""
    answer = await caller.send({**waiting("a", T0), "source": source}, waiting("b", T0))
    assert (answer.status, answer.json["accepted"]) == (400, 1)
    assert [each["reason"] for each in answer.json["refused"]] == ["reserved-source"]


async def test_a_full_host_says_when_to_come_again(caller: Caller) -> None:
    """When too much waits, the sender is asked to wait, and the events stay with it."""
    caller.host.backlog = 0
    answer = await caller.send(waiting("a", T0))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    caller.host.backlog = 10
    assert (await caller.send(waiting("a", T0))).status == 202


class Starting:
    """A host that is not ready yet."""

    def __init__(self, host: EmbeddedHost) -> None:
        self.reader, self.rulebook, self.read_model = host.reader, host.rulebook, host.read_model
        self.wall, self.room, self.listen = host.wall, host.room, host.listen
        self.people, self.feeds, self.watched_clock = host.people, host.feeds, host.watched_clock
        self.keeps_events = host.keeps_events
        self.devices, self.silent_feeds, self.practice = host.devices, host.silent_feeds, host.practice
        self.sites_of_feeds, self.names, self.channels = host.sites_of_feeds, host.names, host.channels

    def now_status(self) -> Status:
        return Status(ready=False, reason="it is reading its store")

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> Mapping[int, Refusal]:
        raise StateError("it is reading its store")


class Broken(Starting):
    """A host whose disk is full, and which has not noticed yet."""

    def now_status(self) -> Status:
        return Status(ready=True)

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> Mapping[int, Refusal]:
        raise StateError("the disk is full; make room")


@pytest.mark.parametrize(("served_as", "words"), [(Starting, "reading its store"), (Broken, "the disk is full")])
async def test_a_host_that_cannot_store_says_so(tmp_path: Path, served_as: type[Starting], words: str) -> None:
    """202 is never said for what is not durable: while the store fails, senders are asked to wait."""
    async with asking(tmp_path, served_as=served_as) as caller:
        with capture_logs() as said:
            answer = await caller.send(waiting("a", T0))
        assert [row for row in said if "exc_info" in row] == [], "a full disk is not a defect"
        assert answer.status == 503
        assert words in answer.json["detail"]
        assert int(answer.headers["Retry-After"]) > 0


async def test_ready_says_why_not(tmp_path: Path) -> None:
    """A probe learns from the status, and a person from the words."""
    async with asking(tmp_path, served_as=Starting) as caller:
        assert (await caller.get("/healthz")).status == 200
        answer = await caller.get("/readyz")
        assert (answer.status, answer.json["reasons"]) == (503, ["it is reading its store"])


async def test_with_a_token_nothing_is_taken_without_it(tmp_path: Path) -> None:
    """Where there is a token, only who has it is heard; the probes stay open."""
    async with asking(tmp_path, access=Access(token="s3cret")) as caller:
        body = [waiting("a", T0)]
        missing = await caller.post("/v1/events", body, BATCH)
        wrong = await caller.post("/v1/events", body, BATCH, authorization="Bearer other")
        right = await caller.post("/v1/events", body, BATCH, authorization="Bearer s3cret")
        assert [missing.status, wrong.status, right.status] == [401, 401, 202]
        assert missing.headers["WWW-Authenticate"] == 'Bearer realm="kept"'
        assert 'error="invalid_token"' in wrong.headers["WWW-Authenticate"]
        assert [(await caller.get(path)).status for path in ("/metrics", "/v1/score", "/readyz")] == [401, 401, 200]


async def test_ready_tells_strangers_no_details(tmp_path: Path) -> None:
    """Files, lines and errors are for whoever has the token; others learn only that something is wrong."""
    async with asking(tmp_path, access=Access("secret"), served_as=Starting) as caller:
        strange = await caller.get("/readyz")
        assert (strange.status, "its store" in str(strange.json)) == (503, False)
        known = await caller.get("/readyz", Authorization="Bearer secret")
        assert known.json["reasons"] == ["it is reading its store"]


async def test_brackets_without_end_are_refused_like_anything_unreadable(caller: Caller) -> None:
    """An event nested too deep is a dead letter and a 400, not a fault of the server."""
    deep = b'{"data":' * 50_000
    answer = await caller.post("/v1/events", deep, ONE)
    assert (answer.status, answer.json["refused"][0]["reason"]) == (400, "not-json")


async def test_what_is_asked_beside_events_is_refused(caller: Caller) -> None:
    """A key in the address of the intake says something that nobody would hear: it is refused, and nothing is kept."""
    answer = await caller.post("/v1/events?source=till", [waiting("a", T0)], BATCH)
    assert (answer.status, answer.json["detail"]) == (
        400, "'source' cannot be asked at /v1/events; nothing can be; leave it out",
    )  # fmt: skip
    assert (await caller.get("/v1/promises")).json["items"] == []
