"""The promises of acting on many at once: on those that were shown, as far as they stand, and on nothing else."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.board.crowd import STORES, TILLS, line, signed_in
from tests.board.peopled import ALL, POLICY, acts, entered
from tests.board.serving import Served
from tests.streams.asking import Peopled

DEEDS = {"acknowledge": "group", "excuse": "grant"}
SENT = 8_000
"""Until an act that can be undone for some seconds is sent and answered, in milliseconds."""


def pressed(page: str, name: str) -> dict[str, str]:
    """Give what the first button of a name sends."""
    (value, *_) = re.findall(rf'name="{name}" value="([^"]+)"', page)
    return {name: unescape(value)}


def touched(served: Served) -> list[str]:
    """Give the subjects of what people acted on, each once."""
    model = served.caller.host.read_model
    found = [model.promise(act.promise) for _, act in model.board.actions(limit=9_999)]
    return sorted({each.row.subject for each in found if each is not None})


def excuse(served: Served, *names: str) -> None:
    """Have some promises of the first store excused by somebody else."""
    visitor, proof = entered(served)
    page = visitor.ask("/?site=store-1&standard=no-wait&part=warned")[2]
    for name in names:
        (promise,) = re.findall(rf'/promises/([0-9a-f]+)" class="subject">(?:store-1/)?{name}<', page)
        form = {"proof": proof, "promise": promise, "by": "floor-lead", "reason": "sent home"}
        assert visitor.ask("/acts/excuse", form)[0] == 303
    served.go(3)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_group_is_taken_as_it_was_seen(crowded: Served, deed: str) -> None:
    """Who acts on a group acts on what it held when they saw it: on nothing that came later, or warned later."""
    visitor, proof = entered(crowded)
    crowded.send(*(line(f"open-{till}", crowded.now, "store-1", f"till 8{till}") for till in range(5)))
    crowded.go(3)
    form = {"proof": proof, "next": "/", **pressed(visitor.ask("/")[2], DEEDS[deed])}
    crowded.send(line("later", crowded.now, "store-1", "till 99"))
    crowded.go(46)
    status, headers, _ = visitor.ask(f"/acts/{deed}", form)
    assert (status, headers["Location"]) == (303, "/")
    assert touched(crowded) == sorted(f"store-1/till {till}" for till in range(1, TILLS + 1))
    assert len(acts(crowded)) == TILLS


def test_sending_a_group_twice_is_once(crowded: Served) -> None:
    """A form that is sent again changes nothing."""
    visitor, proof = entered(crowded)
    form = {"proof": proof, **pressed(visitor.ask("/")[2], "group")}
    assert [visitor.ask("/acts/acknowledge", form)[0] for _ in range(2)] == [303, 303]
    assert acts(crowded) == [("alert.acknowledged", "Ania", "kept/board")] * TILLS


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_is_over_meanwhile_is_left_alone_and_counted(crowded: Served, deed: str, accept: str) -> None:
    """Of a group that changed, what stands is acted on, and how many that are is said; of nothing, that it is over."""
    visitor, proof = entered(crowded)
    form = {"proof": proof, "next": "/?site=store-1", **pressed(visitor.ask("/")[2], DEEDS[deed])}
    excuse(crowded, "till 3", "till 4")
    status, headers, said = visitor.ask(f"/acts/{deed}", form, Accept=accept)
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, accept)
    assert "2 of 12 were over already." in said
    assert ("10 of 12 are yours now." in said) == (deed == "acknowledge")
    assert ('href="/?site=store-1"' in said) == (accept == "text/html")
    assert len(acts(crowded)) == TILLS
    excuse(crowded, *(f"till {till}" for till in range(1, TILLS + 1) if till not in (3, 4) and deed == "acknowledge"))
    crowded.go(3)
    assert visitor.ask(f"/acts/{deed}", form)[0] == 409


def test_the_script_says_for_how_many_it_was(crowded: Served, page: Page) -> None:
    """What changes while an act can still be undone is not acted on, and the note counts the rest."""
    signed_in(crowded, page)
    page.get_by_role("button", name=re.compile("^I have all 12: .* store-1")).click()
    excuse(crowded, "till 3", "till 4")
    expect(page.locator(".note-box.well")).to_contain_text(
        "10 of 12 are yours now. 2 of 12 were over already.", timeout=SENT
    )


def test_who_comes_too_late_reads_what_was_not_taken(crowded: Served, page: Page) -> None:
    """The note of the page names what it was about and who has it, not the button that was pressed."""
    first, proof = entered(crowded)
    signed_in(crowded, page)
    page.get_by_role("button", name=re.compile("^I have all 12: .* store-1")).click()
    held = pressed(first.ask("/")[2], "group")
    assert first.ask("/acts/acknowledge", {"proof": proof, "name": "Ann", **held})[0] == 303
    failed = page.locator(".note-box.failed")
    expect(failed).to_contain_text("It is with somebody else now: Ann.", timeout=SENT)
    expect(failed).to_contain_text("Not taken: Open the next register")
    expect(failed).not_to_contain_text("I have all")


def test_a_group_beyond_what_one_button_takes_says_so(tmp_path: Path) -> None:
    """Of 203 promises one button takes the first 200, and its words say that; it holds their names within bounds."""
    with Served(tmp_path, ALL, Peopled(POLICY)) as served:
        served.send(*(line(f"{till}", served.now, "store-1", f"till {till}") for till in range(203)))
        served.go(45)
        visitor, proof = entered(served)
        page = visitor.ask("/")[2]
        assert "I have the first 200</button>" in page
        assert "Excuse the first 200</summary>" in page
        assert "One button acts on 200 promises at most: on those that are due first." in page
        assert len(parse_qs(pressed(page, "grant")["grant"])["group"][0].split(".")) == 200
        form = {"proof": proof, **pressed(page, "group")}
        assert visitor.ask("/acts/acknowledge", form)[0] == 303
        assert touched(served) == sorted(f"store-1/till {till}" for till in range(200))
        more = {**form, "group": ".".join(map(str, range(201)))}
        assert visitor.ask("/acts/acknowledge", more)[0] == 400


def test_a_site_beyond_what_one_form_excuses_says_so(tmp_path: Path) -> None:
    """Of 503 promises one form excuses 500 and says that 3 are left; sent again, it excuses those."""
    with Served(tmp_path, ALL, Peopled(POLICY)) as served:
        served.send(*(line(f"{till}", served.now, "store-1", f"till {till}") for till in range(503)))
        served.go(45)
        visitor, proof = entered(served)
        form = {"proof": proof, "site": "store-1", "span": "1h", "by": "floor-lead", "reason": "fire alarm"}
        status, _, page = visitor.ask("/acts/excuse", form)
        assert (status, "It was for 500 promises, the oldest ones. 3 promises more" in page) == (200, True)
        served.go(3)
        assert visitor.ask("/acts/excuse", form)[0] == 303
        assert len(touched(served)) == 503


def test_a_site_is_excused_for_a_span(crowded: Served) -> None:
    """One form excuses what a site has owed since a span ago, and nothing of another site."""
    visitor, proof = entered(crowded)
    form = {"proof": proof, "site": "store-1", "span": "1h", "by": "floor-lead", "reason": "fire alarm"}
    assert 'action="/acts/excuse"' in visitor.ask("/?site=store-1")[2]
    assert visitor.ask("/acts/excuse", form)[0] == 303
    crowded.go(3)
    assert "Act now</a>" in visitor.ask("/?site=store-1")[2]
    assert f"Act now · {TILLS * (STORES - 1)}</a>" in visitor.ask("/")[2]
    assert set(acts(crowded)) == {("exception.granted", "floor-lead", "kept/board")}
    assert visitor.ask("/acts/excuse", {**form, "site": "store-9"})[0] == 409


@pytest.mark.parametrize(
    "group", ["", "part=none&seen=1", "part=warned", "part=warned&seen=x", "part=warned&seen=1", ".", "a.b"]
)
def test_what_is_no_group_is_not_taken(crowded: Served, group: str) -> None:
    """A form that names no group of the board is refused."""
    visitor, proof = entered(crowded)
    assert visitor.ask("/acts/acknowledge", {"proof": proof, "group": group})[0] in (400, 409)
    assert acts(crowded) == []
