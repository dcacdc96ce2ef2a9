"""Who has it: shown on every card, line and page, with since when and from whom; handed on and given back there too."""

from __future__ import annotations

import re
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from alerts.routing.actions import ACKNOWLEDGED, GIVEN_BACK, HANDED_ON, Action
from streams.board.having import Having, by_promise, having, having_words, present, shares, shares_words
from streams.board.wording import Wording
from streams.storage.holdings import Holding
from tests.board.crowd import STORES, TILLS, signed_in
from tests.board.peopled import TOKENS, acts, entered
from tests.board.serving import Served, owed, proof_in
from tests.board.visiting import Visitor
from tests.streams.hosting import SECOND, T0

WORDING = Wording(T0, ZoneInfo("UTC"))
SENT = 8_000
"""Until an act that can be undone for some seconds is sent and seen, in milliseconds."""


def act(kind: str, by: str, to: str = "", promise: str = "p") -> Action:
    return Action("x", T0, by, promise, kind, "s", {"to": to} if to else {})


TOOK, ON, BACK = act(ACKNOWLEDGED, "Ann"), act(HANDED_ON, "Ann", "bob"), act(GIVEN_BACK, "Ann")
LATER = T0 + 60 * SECOND
AGAIN = replace(TOOK, at=LATER + 60 * SECOND)


@pytest.mark.parametrize(
    ("done", "said", "taken"),
    [
        ([], "", False),
        ([TOOK], "Ann has it, since 23:06.", True),
        ([TOOK, act(ACKNOWLEDGED, "Cyd")], "Cyd has it, since 23:06.", True),
        ([TOOK, ON], "Ann handed it on to bob at 23:06; bob has not taken it yet.", False),
        ([TOOK, ON, act(ACKNOWLEDGED, "Bob")], "Bob has it, since 23:06; Ann handed it on.", True),
        ([TOOK, ON, act(ACKNOWLEDGED, "Cyd")], "Cyd has it, since 23:06.", True),
        ([TOOK, BACK], "Ann gave it back at 23:06; nobody has it now.", False),
        ([TOOK, BACK, TOOK], "Ann has it, since 23:06.", True),
    ],
)
def test_it_says_who_has_it(done: list[Action], said: str, *, taken: bool) -> None:
    """Since when, from whom, to whom it is on its way, and that nobody has it, each in a sentence."""
    found = having(done)
    assert (having_words(found, WORDING), found.taken) == (said, taken)


def told(promises: list[str], havings: dict[str, Having], count: int) -> str:
    return shares_words(shares(promises, havings, count), WORDING)


@pytest.mark.parametrize(
    ("done", "holding", "said"),
    [
        ([TOOK], Holding("p", "Ann", T0, heard=T0), "Ann has it, since 23:06."),
        ([TOOK], Holding("p", "", LATER, lapsed="Ann", heard=T0), "Ann had it until 23:07; nobody has it now."),
        (
            [TOOK, ON],
            Holding("p", "", LATER, giver="Ann", untaken="bob", heard=T0),
            "Ann handed it on to bob, who had not taken it by 23:07; nobody has it now.",
        ),
        ([TOOK, BACK], Holding("p", "", T0, giver="Ann", heard=T0), "Ann gave it back at 23:06; nobody has it now."),
        ([], Holding("p", "Ann", LATER, heard=LATER), "Ann has it, since 23:07."),
        ([], Holding("p", "", -1, heard=LATER), ""),
        ([TOOK], Holding("p", "", -1, heard=LATER), ""),
        ([TOOK, AGAIN], Holding("p", "", LATER, lapsed="Ann", heard=T0), "Ann has it, since 23:08."),
        ([TOOK, AGAIN], Holding("p", "Ann", T0, LATER, heard=T0), "Ann has it, since 23:08."),
        ([act(ACKNOWLEDGED, "Cyd")], Holding("p", "Ann", LATER, heard=LATER), "Ann has it, since 23:07."),
        (
            [ON, TOOK],
            Holding("p", "Ann", LATER, giver="Ann", offered="bob", heard=LATER),
            "Ann handed it on to bob at 23:07; bob has not taken it yet.",
        ),
    ],
)
def test_what_the_routers_made_of_it_counts(done: list[Action], holding: Holding, said: str) -> None:
    """Their word stands for all that was done before it; what was done since, they have not heard of yet."""
    assert having_words(present(done, holding), WORDING) == said


def test_a_group_says_who_has_how_many() -> None:
    """Of twelve, that Ann has three of them; of all, that she has all."""
    mine = by_promise([act(ACKNOWLEDGED, "Ann", promise=str(number)) for number in range(3)], {})
    some = mine | by_promise([act(ACKNOWLEDGED, name, promise=name) for name in "vwxyz"], {})
    assert told([], mine, 12) == ""
    assert told(list(mine), mine, 12) == "Ann has 3 of 12."
    assert told(list(mine), mine, 3) == "Ann has all 3, since 23:06."
    assert told(["0"], mine, 1) == "Ann has it, since 23:06."
    said = "Ann has 3 of 12. v has 1 of 12. w has 1 of 12. Others have 3 of 12."
    assert told(list(some), some, 12) == said


@given(st.lists(st.sampled_from([TOOK, ON, BACK, act(ACKNOWLEDGED, "bob")])))
def test_who_has_it_follows_from_what_was_done_last(done: list[Action]) -> None:
    """Whoever took it last has it, unless it was handed on or given back since."""
    found = having(done)
    assert found.taken == bool(done and done[-1].type == ACKNOWLEDGED)
    assert not found.taken or found.holder == done[-1].by


def pressed(page: str, act: str) -> dict[str, str]:
    """Give what the first button for an act sends."""
    value = re.findall(rf'<button name="hand" value="(group[^"]+)" form="take" formaction="/acts/{act}"', page)[0]
    return {"hand": unescape(value)}


def test_a_part_of_a_group_is_handed_on_and_given_back(crowded: Served) -> None:
    """The line says who has some of it; the button takes the others; what Ania has can be handed on or given back."""
    visitor, proof = entered(crowded)
    ids = list(owed(crowded).items())
    mine = [promise for subject, promise in ids if subject.startswith("store-1/")][:3]
    assert visitor.ask("/acts/acknowledge", {"proof": proof, "group": ".".join(mine)})[0] == 303
    page = visitor.ask("/")[2]
    assert f'<span class="note">Ania has 3 of {TILLS}.</span>' in page
    assert f"I have the other {TILLS - 3}</button>" in page
    assert f"Excuse all {TILLS}</summary>" in page
    assert visitor.ask("/acts/hand-on", {"proof": proof, **pressed(page, "hand-on")})[0] == 303
    assert acts(crowded)[:3] == [("alert.handed_on", "Ania", "kept/board")] * 3
    told = crowded.caller.host.read_model.promise(mine[0])
    assert told is not None
    crowded.go(1)
    page = visitor.ask("/?site=store-1&standard=no-wait&part=warned")[2]
    assert page.count("Ania handed it on to ann at") == 3
    for taken, status in (("ann", 303), ("bob", 409), ("ann", 303)):
        form = {"proof": proof, "name": taken, "group": ".".join(mine)}
        assert visitor.ask("/acts/acknowledge", form)[0] == status
    back = {"proof": proof, "name": "ann", **pressed(visitor.ask("/")[2], "give-back")}
    assert [visitor.ask("/acts/give-back", back)[0] for _ in range(2)] == [303, 303]
    assert acts(crowded)[:3] == [("alert.given_back", "ann", "kept/board")] * 3
    assert len(acts(crowded)) == 3 * 4, "sent twice is once"
    assert visitor.ask("/acts/acknowledge", {"proof": proof, "name": "ann", "group": ".".join(mine)})[0] == 303
    assert len(acts(crowded)) == 3 * 5, "taking anew counts anew"


def test_it_is_handed_on_to_somebody_who_is_known(crowded: Served) -> None:
    """Whoever is not in the policy cannot be told: the nearest name is said; and nobody hands on to themselves."""
    visitor, proof = entered(crowded)
    (promise, *_) = owed(crowded).values()
    form = {"proof": proof, "promise": promise}
    for to, status, words in (
        ("anne", 400, "did you mean ann?"),
        ("ann", 409, "“I have it”"),
        ("", 400, "Say to whom"),
    ):
        answer = visitor.ask("/acts/hand-on", {**form, "name": "Ann", "to": to})
        assert (answer[0], words in answer[2]) == (status, True), to
    assert visitor.ask("/acts/give-back", form)[0] == 409
    assert acts(crowded) == []


def test_the_page_of_a_promise_says_who_has_it_and_takes_it_on(crowded: Served, page: Page) -> None:
    """First what to do and who has it, then the story; handing on and giving back are acts of the story."""
    (promise, *_) = owed(crowded).values()
    signed_in(crowded, page, f"/promises/{promise}")
    expect(page.locator(".story .note")).to_have_text("Nobody has it yet.")
    page.get_by_role("button", name="I have it").click()
    expect(page.locator(".story .note")).to_contain_text("Ania has it, since", timeout=SENT)
    page.get_by_label("To whom").select_option("bob")
    page.locator("#hand-on").get_by_role("button", name="Hand it on").click()
    expect(page.locator(".story .note")).to_contain_text("Ania handed it on to bob", timeout=SENT + 3_000)
    expect(page.locator(".acts")).to_contain_text("Ania handed it on")
    expect(page.get_by_role("button", name="I have it")).to_be_visible()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("button", name="Give it back").click()
    expect(page.locator(".story .note")).to_contain_text("Ania gave it back", timeout=SENT + 3_000)
    expect(page.locator(".acts")).to_contain_text("Ania gave it back")


def test_a_group_is_excused_by_one_transaction(crowded: Served) -> None:
    """All of a group are excused at once or none is: one commit has all its exceptions."""
    visitor, proof = entered(crowded)
    commits: list[int] = []
    crowded.caller.host.listen(lambda stored: commits.append(stored.acts) if stored.acts else None)
    form = {"proof": proof, "site": "store-1", "span": "1h", "by": "floor-lead", "reason": "fire alarm"}
    assert visitor.ask("/acts/excuse", form)[0] == 303
    crowded.go(3)
    assert commits == [TILLS]
    assert crowded.now - T0 < 3_600 * SECOND
    assert len(acts(crowded)) == TILLS < TILLS * STORES


def test_only_who_has_it_gives_it_back(crowded: Served) -> None:
    """A colleague may hand it on, and is not offered more; a form of theirs is refused with who has it."""
    (promise, other, *_) = owed(crowded).values()
    first, proof = entered(crowded)
    assert first.ask("/acts/acknowledge", {"proof": proof, "name": "ann", "group": f"{promise}.{other}"})[0] == 303
    second = Visitor(crowded)
    assert second.enter(TOKENS["supervisor"], "bob") == 303
    pages = ("/", f"/promises/{promise}", "/?site=store-1&standard=no-wait&part=warned")
    for path in pages:
        mine, theirs = first.ask(path)[2], second.ask(path)[2]
        assert ("give-back" in mine, "give-back" in theirs) == (True, False), path
        assert "hand-on" in theirs, path
    own = proof_in(second.ask("/notices")[2])
    for about in ({"promise": promise}, {"group": f"{promise}.{other}"}):
        status, _, said = second.ask("/acts/give-back", {"proof": own, "name": "bob", **about})
        assert (status, "It is with somebody else now: ann." in said) == (409, True)
    assert [act[0] for act in acts(crowded)] == ["alert.acknowledged"] * 2
    form = {"proof": proof, "name": "ann", "promise": promise}
    assert first.ask("/acts/give-back", form)[0] == 303
