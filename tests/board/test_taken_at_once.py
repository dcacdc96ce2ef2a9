"""Two who take the same: whoever has it in the end is not told otherwise, and the other one learns who has it."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest

from tests.board.crowd import TILLS
from tests.board.peopled import entered
from tests.board.serving import Served, owed
from tests.board.test_links import link
from tests.board.visiting import FORM, Visitor
from tests.streams.asking import cloud

NAMES = ("ann", "Bob", "Cyd", "Dora")


async def pressed(served: Served, visitor: Visitor, form: dict[str, str], act: str = "acknowledge") -> tuple[int, str]:
    headers = {"Cookie": visitor.cookie, "Content-Type": FORM, "Accept": "application/json"}
    url = f"{served.url}/acts/{act}"
    async with served.caller.session.post(url, data=urlencode(form).encode(), headers=headers) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("order", [NAMES, NAMES[::-1]])
def test_who_loses_it_in_the_same_instant_reads_who_has_it(crowded: Served, order: tuple[str, ...]) -> None:
    """Four press at one instant: the board and the routers name one of them; nobody else is told the last word."""
    (promise, *_) = owed(crowded).values()
    entries = [(name, *entered(crowded)) for name in order]

    async def all_at_once() -> list[tuple[int, str]]:
        forms = [(visitor, {"proof": proof, "name": name, "promise": promise}) for name, visitor, proof in entries]
        return list(await asyncio.gather(*(pressed(crowded, *each) for each in forms)))

    answers = dict(zip(order, crowded.do(all_at_once()), strict=True))
    crowded.go(5)
    page = entries[0][1].ask(f"/promises/{promise}")[2]
    (holder,) = (name for name in order if f"{name} has it, since" in page)
    assert crowded.caller.host.read_model.board.holdings([promise])[promise].holder == holder
    refused = f"It is with somebody else now: {holder}."
    assert [(status, refused in text) for status, text in (answers.pop(holder), *answers.values())] == [
        (204, False), *[(409, True)] * 3,
    ]  # fmt: skip


def test_what_their_page_did_not_show_stays_with_who_has_it(crowded: Served) -> None:
    """An older page offers what Ann has by now: it stays hers, who presses reads so, and gets the rest of a group."""
    ids = [promise for subject, promise in owed(crowded).items() if subject.startswith("store-1/")]
    visitor, proof = entered(crowded)
    form = {"proof": proof, "promise": ids[0]}
    assert [visitor.ask("/acts/acknowledge", {**form, "name": "Ann"})[0] for _ in range(2)] == [303, 303]
    status, _, text = visitor.ask("/acts/acknowledge", {**form, "name": "Bob"})
    assert (status, "It is with somebody else now: Ann." in text) == (409, True)
    status, _, text = visitor.ask("/acts/acknowledge", {"proof": proof, "name": "Cyd", "group": ".".join(ids)})
    assert (status, f"{TILLS - 1} of {TILLS} are yours now. Ann has 1 of {TILLS}." in text) == (200, True)
    assert f"Cyd has {TILLS - 1} of {TILLS}. Ann has 1 of {TILLS}." in visitor.ask("/")[2]


def test_the_answer_is_true_where_a_sender_has_taken_it(crowded: Served) -> None:
    """A sender by whose clock it is later took it: whoever presses then reads that, not that it is theirs."""
    (promise, *_) = owed(crowded).values()
    visitor, proof = entered(crowded)
    ahead = crowded.now + 2_000_000
    crowded.send(cloud("alert.acknowledged", "t1", ahead, promise=promise, by="tablet"))
    status, _, text = visitor.ask("/acts/acknowledge", {"proof": proof, "name": "Bob", "promise": promise})
    assert (status, "It is with somebody else now: tablet." in text) == (409, True)
    crowded.go(6)
    assert "tablet has it, since" in visitor.ask(f"/promises/{promise}")[2]


def test_a_link_says_whose_it_was(peopled: Served) -> None:
    """Who takes several from a message reads that somebody has one of them, or all, not thanks alone."""
    rows = owed(peopled)
    wanted = link(peopled, promise=rows["s3/q3"], more=(rows["s3/q4"],), by="bob")
    visitor, proof = entered(peopled)
    assert visitor.ask("/acts/acknowledge", {"proof": proof, "name": "Ann", "promise": rows["s3/q4"]})[0] == 303
    text = Visitor(peopled).ask(wanted, {})[2]
    assert "Thank you, bob." in text
    assert "<h1>Noted</h1>" in text, "what is done is another button"
    assert "1 of 2 is yours now. Ann has 1 of 2." in text
    assert Visitor(peopled).ask(link(peopled, promise=rows["s3/q4"], by="bob"), {})[0] == 409
