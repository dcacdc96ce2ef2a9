"""The promises of "It is done": what a person can report keeps every promise of the packs; the rest says what does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from standards.judge.events import EventType
from standards.judge.shapes import Recurrence, Response
from standards.judge.standard import Clause, Standard
from streams.board.reportable import not_reportable, reports
from streams.documents.documents import load_standards, read_documents
from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter, PromiseRow
from tests.board.serving import Served, proof_in
from tests.board.visiting import Visitor
from tests.streams.asking import cloud
from tests.streams.hosting import SECOND

HOUR, DAY = 3600, 86_400
PACKS: Final = sorted(Path("standards/packs").glob("*.yaml"))
LOADED: Final = load_standards(read_documents([str(each) for each in PACKS]))
AWAITING: Final = {
    each.id: each for each in LOADED.standards if isinstance(each.shape, Response | Recurrence)
}  # fmt: skip
"""The standards of all packs that wait for something to be done."""
VALUES: Final[Mapping[str, tuple[Any, ...]]] = {
    "text": ("one",), "integer": (1, 5, 100), "number": (1.0, 5.0, 100.0), "boolean": (True, False),
}  # fmt: skip
NOBODY: Final = {"no-long-line": "queue.length"}
"""Those that only a count keeps."""
LONG: Final = {"week": 8 * DAY, "month": 32 * DAY}


def data_for(clause: Clause, vocabulary: Mapping[str, EventType], subject: Mapping[str, str]) -> dict[str, Any]:
    """Make up the fields of an event of which the clause's condition holds."""
    fields = vocabulary[clause.event].fields
    spoken = clause.where.fields if clause.where else frozenset()
    usual = {name: VALUES[field.type][0] for name, field in fields.items() if not field.optional}
    usual |= {name: value for name, value in subject.items() if name in fields}
    free = [name for name in spoken if name not in subject]
    texts = ("one", "two", *re.findall(r'"(\w[\w-]*)"', clause.where.source if clause.where else ""))
    values = [texts if fields[name].type == "text" else VALUES[fields[name].type] for name in free]
    for tried in product(*values):
        data = {**usual, **dict(zip(free, tried, strict=True))}
        every = type("Data", (), {name: data.get(name) for name in fields})
        if clause.where is None or clause.where.test(every, None):
            return data
    raise AssertionError(f"nothing is made up for {clause.event} where {clause.where}")


class Packs:
    """A host with all packs, and somebody who looks at its board."""

    def __init__(self, served: Served) -> None:
        self.served, self.visitor, self.count = served, Visitor(served), 0

    def tell(self, clause: Clause, subject: Mapping[str, str]) -> None:
        self.count += 1
        data = data_for(clause, LOADED.rulebook.vocabulary, subject)
        self.served.send(cloud(clause.event, f"e{self.count}", self.served.now, **data))

    def waiting(self, standard: str) -> PromiseRow | None:
        found = self.served.caller.host.read_model.promises(PromiseFilter(standard=standard, open=True)).items
        return found[0] if found else None

    def broken(self) -> None:
        """Let a promise to a customer be broken three times, and a line wait until it is warned of."""
        shape = AWAITING["put-it-right"].shape
        assert isinstance(shape, Response)
        for number in range(3):
            self.tell(shape.when, {"contact": f"lost-{number}", "site": "s3"})
        self.served.go(24 * HOUR + 5)

    def open(self, standard: Standard) -> PromiseRow:
        """Have the standard owe something, as it does in life."""
        subject = dict.fromkeys((*standard.per, *standard.carry), "one")
        shape = standard.shape
        if isinstance(shape, Recurrence):
            self.tell(shape.expect, subject)
            self.served.go(LONG[shape.every] if isinstance(shape.every, str) else shape.every // SECOND + HOUR)
        elif isinstance(shape, Response) and all(each.startswith("promise.") for each in shape.when.events):
            self.broken()
        elif isinstance(shape, Response):
            self.tell(shape.when, subject)
        self.served.go(3)
        found = self.waiting(standard.id)
        assert found is not None, f"{standard.id} owes nothing"
        return found


@pytest.fixture
def packs(tmp_path: Path) -> Iterator[Packs]:
    with Served(tmp_path, standards=StandardsFiles([str(each) for each in PACKS])) as served:
        yield Packs(served)


def filled(form: str) -> dict[str, str]:
    """Fill a form in as somebody would who reads what is asked: somebody's name, a number, the first choice."""
    given = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    for name, kind in re.findall(r'<input name="(data\.[^"]+)"[^>]* type="([^"]+)"', form):
        given[name] = {"number": "9", "datetime-local": "2026-01-10T12:00:00"}.get(kind, "ola")
    for name in re.findall(r'<textarea name="(data\.[^"]+)"', form):
        given[name] = "in a few words"
    for name, options in re.findall(r'<select name="(data\.[^"]+)"[^>]*>(.*?)</select>', form):
        given[name] = re.findall(r'value="([^"]+)"', options)[0]
    given.pop("data.by", None)
    return {**given, "name": "Ania", "sure": "ola"}  # who was asked once whether that is somebody, and said so


def form_of(page: str) -> str:
    """Give the form by which it is said that it is done: the one that asks, or else the one with the button."""
    for part in page.split("<form")[1:]:
        content = part.partition("</form>")[0]
        if 'action="/acts/done"' in content.partition(">")[0] or 'formaction="/acts/done"' in content:
            asks = content
            if 'name="event"' in content:
                break
    return asks


@pytest.mark.parametrize("standard", sorted(AWAITING.keys() - NOBODY.keys()))
def test_every_promise_of_the_packs_is_kept_from_the_board(packs: Packs, standard: str) -> None:
    """What is offered can be done: the form of the promise's page, filled in, keeps it."""
    row = packs.open(AWAITING[standard])
    page = packs.visitor.ask(f"/promises/{row.id}")[2]
    assert ">It is done<" in page
    status, _, answer = packs.visitor.ask("/acts/done", filled(form_of(page)))
    assert status == 303, answer
    packs.served.go(3)
    found = packs.served.caller.host.read_model.promise(row.id)
    assert found is not None
    assert found.row.verdict == "kept"


@pytest.mark.parametrize(("standard", "event"), NOBODY.items())
def test_what_only_a_count_keeps_says_so(packs: Packs, standard: str, event: str) -> None:
    """Where nobody can report it, the page has no button for it and says what tells it."""
    row = packs.open(AWAITING[standard])
    page = packs.visitor.ask(f"/promises/{row.id}")[2]
    said = f"Nobody can say here that it is done: {event} tells it, and that no person sends."
    assert (said in page, ">It is done<" in page) == (True, False)
    status, _, answer = packs.visitor.ask("/acts/done", {"promise": row.id, "name": "Ania", "proof": proof_in(page)})
    assert (status, said in answer) == (409, True)


def test_nothing_of_the_packs_is_left_out() -> None:
    """Each standard that waits for something is kept from the board, or is named as one that a person cannot keep."""
    vocabulary = LOADED.rulebook.vocabulary
    assert {name for name, each in AWAITING.items() if not_reportable(each, vocabulary)} == set(NOBODY)
    assert all(reports(each, vocabulary, {}) for name, each in AWAITING.items() if name not in NOBODY)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data.agent": ""}, "Say this, too: agent; then it can be done."),
        ({"data.by": "ola"}, "As it is filled in it keeps nothing: it takes"),
    ],
)
def test_what_would_keep_nothing_is_refused(packs: Packs, change: dict[str, str], words: str) -> None:
    """Who leaves something out, or thanks themselves, is told so, and nothing is recorded."""
    row = packs.open(AWAITING["moment-thanked"])
    page = packs.visitor.ask(f"/promises/{row.id}")[2]
    status, _, answer = packs.visitor.ask("/acts/done", {**filled(form_of(page)), **change})
    assert (status, words in answer) == (400, True)
    assert packs.served.caller.host.read_model.board.actions_on([row.id]) == []


def test_what_the_standard_says_is_not_asked(packs: Packs) -> None:
    """The meeting after a shift is one for moments: the form says so, and does not ask for it."""
    row = packs.open(AWAITING["moments-after-shift"])
    page = packs.visitor.ask(f"/promises/{row.id}")[2]
    assert "data." not in form_of(page)
    assert packs.visitor.ask("/acts/done", filled(form_of(page)))[0] == 303


def test_what_is_known_is_told(packs: Packs) -> None:
    """The form tells what it will say without asking: what the promise knows of itself."""
    row = packs.open(AWAITING["coach-comes"])
    page = packs.visitor.ask(f"/promises/{row.id}")[2]
    assert "It will say: <span>agent: one; team: one</span>." in page


def test_the_form_can_be_used_by_everybody(packs: Packs, browser: Browser) -> None:
    """On a phone the form fits, and axe finds nothing in it."""
    row = packs.open(AWAITING["colleagues-thank-weekly"])
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{packs.served.url}/promises/{row.id}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    results = Axe().run(page)
    page.close()
    assert results.violations_count == 0, results.generate_report()
