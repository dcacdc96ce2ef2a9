"""Every way out of a running host, walked with names that nothing else has: who may not see them finds none.

A page, an answer, a metric, a message or a file that is added is walked too: the routes are the application's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec
import pytest

from alerts.channels import Channel
from alerts.channels.console import json_row, row
from alerts.routing.notice import Notice
from streams.names.references import is_reference
from streams.names.secret import FILE
from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter
from streams.web import Access
from tests.streams.asking import Caller, Peopled, asking, cloud
from tests.streams.hosting import until

ASKS, THANKS, BUYS, EXCUSES = "Quentin Xylo", "Zdenka Quux", "Wilhelmina Vexx", "Yorick Zwick"
HAS, SAYS = "xaver-quast", "Zarquon wept"
MARKS = re.compile("|".join(re.split(r"\W", f"{ASKS} {THANKS} {BUYS} {EXCUSES} {HAS} {SAYS}")), re.IGNORECASE)
ACCESS = Access(token="a" * 20, view_token="v" * 20, supervisor_token="s" * 20, author_token="u" * 20,
                frontliner_token="f" * 20)  # fmt: skip
TOKENS = {"viewer": "v" * 20, "frontliner": "f" * 20, "supervisor": "s" * 20, "author": "u" * 20, "admin": "a" * 20}

STANDARDS = """
kept: 1
standards:
  coach-comes:
    promise: Who asks for a coach gets one.
    owner: lead
    per: agent
    carry: [team]
    when: coaching.asked
    expect: coaching.completed
    within: 60s
    warn: 30s before
    severity: ticket
    forget_after: 1d
  no-wait:
    promise: Who complains hears from us.
    owner: lead
    per: contact
    carry: [site, agent, customer]
    when: contact.started
    expect: contact.resolved
    within: 60s
    warn: 30s before
    severity: ticket
    forget_after: 1d
"""
POLICY = """
kept: 1
people:
  xaver-quast: {addresses: {mail: xaver.quast@shop.example}}
  dora: {addresses: {mail: d@shop.example}}
routes:
  - {match: {owner: lead}, tell: xaver-quast, escalate: [{after: 20s, tell: dora}]}
"""
CONSOLE = re.sub(r"mail: \S+@shop\.example", "console: desk", POLICY)


LISTS = ("/v1/promises", "/v1/notices", "/v1/withheld", "/v1/acts", "/v1/late")


class Taking:
    """A channel that has whatever is delivered to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.came: list[Notice] = []

    async def deliver(self, notice: Notice) -> None:
        self.came.append(notice)

    async def close(self) -> None:
        """Nothing is held."""


@asynccontextmanager
async def walked(folder: Path, *channels: Taking, policy: str = POLICY) -> AsyncIterator[Caller]:
    """Serve a house in which people asked, bought, took, gave back, excused, thanked and were refused."""
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.yaml").write_text(STANDARDS, encoding="utf-8")
    found: list[Channel] = list(channels)
    peopled = Peopled(policy=policy, channels=found, apart=True)
    standards = StandardsFiles([str(folder / "rules")])
    async with asking(folder, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await sent(caller, "coaching.asked", "1", agent=ASKS, team="north")
        await sent(caller, "contact.started", "2", contact="c7", site="s1", agent=ASKS, customer=BUYS)
        await sent(caller, "recognition.given", "3", agent=ASKS, by=THANKS, reason=SAYS, team="north")
        await sent(caller, "coaching.asked", "4", agent=ASKS, team=7)
        await caller.post("/v1/events", b'{"agent": "Quentin Xylo", bad', "application/x-ndjson", **bearer("admin"))
        await caller.pass_time(40)
        one, other = await promises(caller)
        for number, promise in enumerate((one, other)):
            await sent(caller, "alert.acknowledged", f"5{number}", promise=promise, by=HAS, note=SAYS)
        await sent(caller, "alert.handed_on", "6", promise=one, by=HAS, to="Dora", note=SAYS)
        await sent(caller, "alert.given_back", "7", promise=other, by=HAS, note=SAYS)
        grant = {"promise": one, "by": "lead", "person": EXCUSES, "reason": SAYS}
        assert (await caller.post("/v1/exceptions", grant, **bearer("supervisor"))).status == 202
        note = {"note": SAYS, "by": THANKS}
        assert (await caller.post("/v1/shift/notes", note, **bearer("supervisor"))).status == 202
        await caller.pass_time(60)
        await sent(caller, "debrief.completed", "8", promise=other, by=HAS, cause=SAYS, involved=ASKS)
        await caller.pass_time(30)
        yield caller


def bearer(role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKENS[role]}", "Accept": "text/html"}


async def sent(caller: Caller, kind: str, name: str, **data: object) -> None:
    event = cloud(kind, name, caller.clock.at, **data)
    await caller.post("/v1/events", json.dumps(event).encode(), "application/x-ndjson", **bearer("admin"))


async def promises(caller: Caller) -> list[str]:
    listed = json.loads((await caller.get("/v1/promises", **bearer("admin"))).text)
    return [str(row["id"]) for row in listed["items"]]


async def everything(caller: Caller, role: str) -> dict[str, str]:
    """Ask for all that can be asked for, as somebody of a role: each route of the application, each promise."""
    ids = [*await promises(caller), "coach-comes"]
    paths = set()
    for route in caller.app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        if route.method == "GET" and path != "/live" and not path.endswith(".png"):
            filled = [path.replace("{id}", each) for each in ids] if "{" in path else [path]
            paths |= {each for each in filled if "{" not in each}
    paths |= {f"{path}?limit=1" for path in LISTS}
    return {path: (await caller.get(path, **bearer(role))).text for path in sorted(paths)}


@pytest.mark.parametrize("role", ["viewer", "frontliner", "author", "admin"])
async def test_who_may_not_see_names_finds_none(tmp_path: Path, role: str) -> None:
    """No page, no answer and no metric has a name or a note; by the API neither of the lower two gets a reference."""
    async with walked(tmp_path) as caller:
        shown = await everything(caller, role)
    assert len(shown) > 25
    assert {path: MARKS.findall(text) for path, text in shown.items() if MARKS.search(text)} == {}
    if role in ("viewer", "frontliner"):
        told = {path: re.findall(r".{40}[pt]~[a-z2-7]{20}", text) for path, text in shown.items()}
        assert {path: some for path, some in told.items() if some} == {}, "in no address and no cursor either"


async def test_a_supervisor_reads_who_it_was(tmp_path: Path) -> None:
    """Each name and each note stands where it helps: who it is about, who has it, who excused it and why."""
    async with walked(tmp_path) as caller:
        shown = await everything(caller, "supervisor")
    whole = "\n".join(shown.values())
    assert [name for name in (ASKS, THANKS, BUYS, HAS, EXCUSES, SAYS) if name not in whole] == []
    pages = {path: re.sub(r"<[^>]*>", " ", text) for path, text in shown.items() if text.startswith("<!doctype")}
    assert [path for path, text in pages.items() if re.search(r"[pt]~[a-z2-7]{20}", text)] == []


async def test_messages_name_people_to_people_alone(tmp_path: Path) -> None:
    """A mail says who it is about; a machine is told of nobody."""
    mail, machines = Taking("mail"), [Taking("webhook"), Taking("alertmanager")]
    async with walked(tmp_path, mail, *machines):
        await until(lambda: len(mail.came) > 1 and all(each.came for each in machines))
    assert any(ASKS in each.text for each in mail.came)
    assert not any(re.search("[pt]~", each.text) for each in mail.came)
    told = msgspec.json.encode([each for machine in machines for each in machine.came]).decode()
    assert MARKS.findall(told) == []


def contents(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file() and "rules" not in file.parts]
    return {file.name: file.read_bytes().decode("latin-1") for file in files}


async def test_the_log_has_references(tmp_path: Path) -> None:
    """It names nobody, not even to whom a notice went: whatever the policy has as their address there."""
    log = Taking("console")
    async with walked(tmp_path, log, policy=CONSOLE):
        await until(lambda: len(log.came) > 1)
    assert all(is_reference(each.to, "p") for each in log.came)
    assert not any("desk" in row(each) + json_row(each) for each in log.came)
    assert MARKS.findall(msgspec.json.encode(log.came).decode()) == []


async def test_no_file_but_that_of_names_has_one(tmp_path: Path) -> None:
    """Not the store, nor its log, nor what lies beside it: where people are reached is looked up as they are told."""
    mail = Taking("mail")
    async with walked(tmp_path, mail):
        await until(lambda: len(mail.came) > 1)
        running = contents(tmp_path)
    assert {"mail": "xaver.quast@shop.example"} in [each.addresses for each in mail.came]
    for files in (running, contents(tmp_path)):
        assert {name for name, content in files.items() if MARKS.search(content)} <= {FILE, f"{FILE}-wal"}
        assert not any("@shop.example" in content for content in files.values())


@pytest.mark.parametrize("role", ["viewer", "author"])
async def test_nobody_is_found_by_asking(tmp_path: Path, role: str) -> None:
    """Who reads no names is told neither whose a promise is, nor who was not told, by a name or a reference."""
    async with walked(tmp_path) as caller:
        (own,) = {row.fields["agent"] for row in caller.host.read_model.promises(PromiseFilter()).items}
        asked_for = (ASKS, str(own)) if role == "viewer" else (ASKS,)
        for name in (*asked_for, HAS):
            for path in (f"/v1/promises?subject={quote(name)}", f"/v1/withheld?to={quote(name)}"):
                answer = json.loads((await caller.get(path, **bearer(role))).text)
                assert answer.get("items", []) == [], path


@pytest.mark.parametrize("role", ["viewer", "frontliner"])
async def test_nobody_is_told_apart_by_what_is_asked_for(tmp_path: Path, role: str) -> None:
    """Who is not told to whom a notice goes can neither have one person's alone, nor page by whom it went to."""
    async with walked(tmp_path, Taking("mail")) as caller:
        host = caller.host
        (told, *_) = host.read_model.notices()
        reference, pages = told.notice.to, []
        for to in (reference, "p~" + "a" * 20, HAS, ""):
            pages.append((await caller.get(f"/notices?to={to}", **bearer(role))).text)
            assert (await caller.get(f"/v1/withheld?to={to}", **bearer(role))).status == (403 if to else 400)
            owed = [(await caller.get(f"/?team={to}", **bearer(role))).text.count("<li") for to in (reference, "xyz")]
            assert owed[0] == owed[1]
        assert len({page.count('class="where"') for page in pages}) == 1
        assert [("Who is not shown names" in page) for page in pages] == [True, True, True, False]
        assert 'name="to"' not in pages[0]
        seen, after = [], "&after="
        while after:
            page = json.loads((await caller.get(f"/v1/notices?limit=1{after}", **bearer(role))).text)
            seen += [each["id"] for each in page["items"]]
            after = f"&after={page['next']}" if page["next"] else ""
        assert (len(seen), len(set(seen))) == (len(host.read_model.notices()),) * 2


async def test_a_link_that_a_machine_was_sent_names_nobody(tmp_path: Path) -> None:
    """It is opened without a token: what the machine was not told, its link does not tell either."""
    hook, mail = Taking("webhook"), Taking("mail")
    async with walked(tmp_path, hook, mail):
        await until(lambda: bool(hook.came) and bool(mail.came))
    assert {each.to for each in hook.came} == {""}
    assert "" not in {each.to for each in mail.came}


async def test_only_kept_says_that_somebody_was_erased(tmp_path: Path) -> None:
    """Sent by anybody else it is refused: it would be listed as done, and nothing was."""
    async with walked(tmp_path) as caller:
        event = cloud("person.erased", "e", caller.clock.at, agent=ASKS, by=HAS)
        answer = await caller.post("/v1/events", json.dumps(event).encode(), "application/x-ndjson", **bearer("admin"))
        assert (answer.status, "reserved-type" in answer.text) == (400, True)


async def test_who_only_looks_on_is_kept_nowhere(tmp_path: Path) -> None:
    """They do nothing in their name, so signing in makes nobody known; a supervisor's acts stand under theirs."""
    async with walked(tmp_path) as caller:
        for role, name in (("viewer", "Orla Looking"), ("supervisor", "Piet Acting")):
            form = urlencode({"token": TOKENS[role], "name": name}).encode()
            await caller.post("/sign-in", form, "application/x-www-form-urlencoded", Accept="text/html")
        names = caller.host.names
        assert names is not None
        assert (names.find("Orla Looking"), bool(names.find("Piet Acting"))) == ("", True)
