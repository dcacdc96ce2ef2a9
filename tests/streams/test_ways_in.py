"""Ways in for other systems: a record that is signed becomes its events, and what does not is kept whole."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from standards.judge.events import iso
from streams.web import Access
from streams.web.access import Senders
from tests.streams.asking import Answer, Caller, Peopled, asking
from tests.streams.hosting import T0, shop

SECRET, TOKEN = "a secret of the till", "the admins' own token"
MAPPING = """
kept: 1
table: {format: json, source: till, time: at}
webhook: {name: till, signed: github, per_minute: 5}
columns: {kind: {as: kind}}
events:
  - event: queue.length
    when: kind == "line"
    fields: {site: {value: s3}, queue: where, waiting: people}
"""


TABLE = f"kind,at,where,people\nline,{iso(T0)},q1,4\n".encode()


def record(people: object = 4, **more: object) -> dict[str, object]:
    return {"kind": "line", "at": iso(T0), "where": "q1", "people": people, **more}


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"}


async def send(caller: Caller, sent: object, headers: Mapping[str, str] | None = None, path: str = "till") -> Answer:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return await caller.post(f"/v1/in/{path}", body, **(signed(body) if headers is None else headers))


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    standards = shop(tmp_path)
    (tmp_path / "rules" / "till.yaml").write_text(MAPPING, encoding="utf-8")
    access = Access(TOKEN, senders=Senders(standards.paths, {"till": SECRET}))
    async with asking(tmp_path, access=access, standards=standards) as found:
        found.session.headers["Authorization"] = ""
        yield found


async def open_promises(caller: Caller) -> int:
    await caller.pass_time(10)
    answer = await caller.get("/v1/promises?open=true", Authorization=f"Bearer {TOKEN}")
    return len(answer.json["items"])


async def letters(caller: Caller) -> list[dict[str, str]]:
    answer = await caller.get("/v1/dead-letters", Authorization=f"Bearer {TOKEN}")
    return list(answer.json["items"])


async def test_a_signed_record_is_judged(caller: Caller) -> None:
    """What a till sends as it is opens a promise; 202 says that it is durable."""
    answer = await send(caller, record())
    assert (answer.status, answer.json) == (202, {"accepted": 1, "passed_over": 0, "refused": []})
    assert await open_promises(caller) == 1


async def test_what_is_sent_twice_counts_once(caller: Caller) -> None:
    """A sender that has had no answer sends it again, and that changes nothing."""
    for _ in range(2):
        assert (await send(caller, record())).status == 202
    assert await open_promises(caller) == 1
    text = (await caller.get("/metrics", Authorization=f"Bearer {TOKEN}")).text
    assert "kept_duplicates_total 1.0" in text


async def test_a_record_of_no_interest_is_counted(caller: Caller) -> None:
    """A webhook sends more than a mapping takes: that is said, counted, and no fault."""
    answer = await send(caller, [record(), {"kind": "receipt"}])
    assert answer.json == {"accepted": 1, "passed_over": 1, "refused": []}
    text = (await caller.get("/metrics", Authorization=f"Bearer {TOKEN}")).text
    assert 'kept_passed_over_records_total{way_in="till"} 1.0' in text


async def test_what_cannot_be_read_is_kept_whole(caller: Caller) -> None:
    """A record without an event is a dead letter with all that it had; the others of its request are taken."""
    bad = record("many", note="x" * 70_000)
    answer = await send(caller, [record(), bad])
    assert answer.status == 202
    assert [(each["place"], each["reason"]) for each in answer.json["refused"]] == [(2, "not-mapped")]
    message = "queue.length: column 'people': what is there is not a whole number; write it in digits alone"
    assert answer.json["refused"][0]["message"] == message
    letter = caller.host.read_model.board.letter(1)
    assert letter is not None
    assert json.loads(letter.raw) == bad
    assert letter.reason == "not-mapped"


async def test_a_record_that_cannot_be_read_names_nobody_at_rest(tmp_path: Path) -> None:
    """Where who people are is kept apart, a record of which nothing is known is one text, shown to who reads names."""
    standards = shop(tmp_path)
    (tmp_path / "rules" / "till.yaml").write_text(MAPPING.replace(", signed: github", ""), encoding="utf-8")
    access = Access(senders=Senders(standards.paths))
    async with asking(tmp_path, access=access, standards=standards, peopled=Peopled(apart=True)) as caller:
        await caller.post("/v1/in/till", record("Ilona", by="Ilona Wrona"))
        letter = caller.host.read_model.board.letter(1)
        assert letter is not None
        assert b"Ilona" not in letter.raw + letter.message.encode()
        assert "Ilona Wrona" in (await caller.get("/v1/dead-letters")).text


@pytest.mark.parametrize("body", [b"<xml/>", b"[1, 2", b"", b'{"kind": "line"', b"\xff\xfe", b"[[[]]]", b"null", b"7"])
async def test_no_body_is_lost(caller: Caller, body: bytes) -> None:
    """Whatever is sent and signed is answered, and either passed over, which is counted, or kept."""
    answer = await send(caller, body)
    assert answer.status == 202
    told = answer.json
    assert told["accepted"] == 0
    assert told["passed_over"] + len(told["refused"]) >= 1
    assert len(await letters(caller)) == len(told["refused"])


async def test_a_form_is_a_record(tmp_path: Path) -> None:
    """Senders that know no JSON send the fields of a form."""
    standards = shop(tmp_path)
    (tmp_path / "rules" / "till.yaml").write_text(MAPPING.replace(", signed: github", ""), encoding="utf-8")
    async with asking(tmp_path, access=Access(senders=Senders(standards.paths)), standards=standards) as caller:
        fields = urlencode({name: str(value) for name, value in record().items()}).encode()
        answer = await caller.post("/v1/in/till", fields, "application/x-www-form-urlencoded")
        assert answer.json["accepted"] == 1


@pytest.mark.parametrize(("form", "body"), [("json", json.dumps(record()).encode()), ("csv", TABLE)])
async def test_what_only_calls_itself_a_form_is_read_as_it_is(tmp_path: Path, form: str, body: bytes) -> None:
    """Whoever tries it with curl sends this type without knowing; JSON and tables are read all the same."""
    standards = shop(tmp_path)
    mapping = MAPPING.replace("format: json", f"format: {form}").replace(", signed: github", "")
    (tmp_path / "rules" / "till.yaml").write_text(mapping, encoding="utf-8")
    async with asking(tmp_path, access=Access(senders=Senders(standards.paths)), standards=standards) as caller:
        answer = await caller.post("/v1/in/till", body, "application/x-www-form-urlencoded")
        assert answer.json["accepted"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": "sha256="},
        signed(b"another body"),
        signed(json.dumps(record()).encode(), "another secret"),
        {"X-Hub-Signature-256": signed(json.dumps(record()).encode())["X-Hub-Signature-256"].upper()},
        {"Authorization": f"Bearer {SECRET}"},
    ],
)
async def test_who_is_not_the_sender_is_turned_away(caller: Caller, headers: dict[str, str]) -> None:
    """Without the right signature nothing is taken, nor kept as a dead letter that anybody could fill."""
    answer = await send(caller, record(), headers)
    assert answer.status == 401
    assert "not signed as till is" in answer.json["detail"]
    assert SECRET not in answer.text
    assert not await letters(caller)


async def test_guessing_a_secret_is_slow(caller: Caller) -> None:
    """After some wrong signatures from one place the next ones wait a minute; the right one never has to."""
    statuses = [(await send(caller, record(), {})).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert (await send(caller, record())).status == 202


async def test_too_much_at_once_is_asked_for_later(caller: Caller) -> None:
    """A sender that has gone wild does not drown the others: it is told when to send again."""
    statuses = [(await send(caller, record(note=number))).status for number in range(6)]
    assert statuses == [202] * 5 + [429]
    answer = await send(caller, record(note="again"))
    assert 1 <= int(answer.headers["Retry-After"]) <= 61


async def test_an_unknown_name_and_too_long_a_body_are_told(caller: Caller) -> None:
    """A slip in the address, and a body that no dead letter could hold whole, are answered and not taken."""
    assert (await send(caller, record(), path="tills")).status == 404
    assert (await caller.get("/v1/in/till")).status == 401, "which ways in there are is for who has a token"
    known = await caller.get("/v1/in/till", Authorization=f"Bearer {TOKEN}")
    assert known.json == {"name": "till", "form": "json", "head_lines": 0}
    assert (await send(caller, record(note="x" * (1 << 18)))).status == 413


async def test_the_admins_token_opens_every_way_in(caller: Caller) -> None:
    """Who tries a mapping out has the token, and need not sign."""
    assert (await send(caller, record(), {"Authorization": f"Bearer {TOKEN}"})).status == 202


async def test_a_mapping_that_was_mended_is_in_force_at_once(caller: Caller, tmp_path: Path) -> None:
    """Who mends the file waits for nobody; a slip in it leaves the former one in force."""
    file = tmp_path / "rules" / "till.yaml"
    file.write_text(MAPPING.replace("people}", "crowd}"), encoding="utf-8")
    assert await caller.host.reload()
    assert (await send(caller, record(4, crowd=9))).json["accepted"] == 1
    file.write_text(MAPPING.replace("queue.length", "queue.width"), encoding="utf-8")
    assert not await caller.host.reload()
    assert "unknown-event" in caller.host.now_status().problems[0]
    assert (await send(caller, record(4, crowd=8))).json["accepted"] == 1


async def test_a_header_of_any_bytes_is_no_signature(caller: Caller) -> None:
    """What a stranger writes into a header is refused like any wrong one, and never a failure of ours."""
    for headers in ({"X-Hub-Signature-256": "sha256=\udcff"}, {"Authorization": "Basic \udce9"}):
        assert (await send(caller, record(), headers)).status == 401


async def test_what_is_too_much_for_the_dead_letters_is_not_kept_in_part(caller: Caller) -> None:
    """More that cannot be read than is kept, or more records than are read at once: nothing is kept."""
    for body in (b"\n".join([b"{}", *[b"{"] * 1_500]), b"[" + b",".join([b"1"] * 10_001) + b"]"):
        answer = await send(caller, body)
        assert answer.status == 413
        assert "nothing was kept" in answer.json["detail"]
    assert not await letters(caller)


async def test_a_pace_that_was_changed_is_kept(caller: Caller, tmp_path: Path) -> None:
    """After the mapping says another pace, that one is in force."""
    (tmp_path / "rules" / "till.yaml").write_text(MAPPING.replace("5}", "8}"), encoding="utf-8")
    statuses = [(await send(caller, record(note=number))).status for number in range(3)]
    assert await caller.host.reload()
    statuses += [(await send(caller, record(note=number))).status for number in range(3, 9)]
    assert statuses == [202] * 8 + [429]


async def test_a_secret_for_nobody_is_said(tmp_path: Path) -> None:
    """A slip in a name would leave a way in without its secret, and nobody would know why."""
    standards = shop(tmp_path)
    (tmp_path / "rules" / "till.yaml").write_text(MAPPING, encoding="utf-8")
    with capture_logs() as said:
        async with asking(tmp_path, access=Access(TOKEN, senders=Senders(standards.paths, {"tills": SECRET})),
                          standards=standards):  # fmt: skip
            pass
    told = {each["event"]: each["name"] for each in said if "name" in each}
    assert told["KEPT_IN_SECRETS has a secret for a way in that no mapping has"] == "tills"
    assert told["a way in has no secret, so only KEPT_TOKEN opens it; set KEPT_IN_SECRETS"] == "till"
