"""The promises of Thanks: what is unsaid stands first, only what was earned is rewarded, and nobody is counted out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from standards.judge.events import microseconds
from streams.storage.rows import PromiseFilter
from tests.board.peopled import POLICY, TOKENS, entered, of_a_team
from tests.board.serving import Served, fill
from tests.board.test_taken_at_once import pressed
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import SECOND

DAY = 86_400
FILTER = PromiseFilter()
STANDARDS = """
kept: 1
standards:
  lead-walks: {promise: I walk the floor., owner: floor-lead, aspect: follow-through, per: team,
    expect: meeting.held, every: day}
  moment-thanked: {promise: We thank., aspect: follow-through, per: moment, when: moment.shared, carry: team,
    expect: {event: recognition.given, where: by != agent}, within: 24h}
"""
KNOWING = POLICY.replace("people:", "people:\n  ola: {addresses: {mail: ola@shop.example}}\n  jan: {}")
PRACTICE = """
kept: 1
teams:
  north: {lead: floor-lead, site: s3}
rewards:
  voucher: {title: A voucher, value: 10}
  early: {title: Home early, value: 0, for: [no-wait]}
scenarios:
  outage: {when: A till goes dark., do: [Say sorry., Walk the line.], up_to: 15}
goals:
  lines: {team: north, standard: no-wait, kept: 90%, over: day, beside: [lead-walks]}
"""


@pytest.fixture
def practised(tmp_path: Path) -> Iterator[Served]:
    with of_a_team(tmp_path, STANDARDS, Peopled(KNOWING, practice=PRACTICE)) as served:
        fill(served)
        yield served


def part(served: Served, name: str, role: str = "supervisor") -> str:
    page = entered(served, role)[0].ask("/thanks?team=north")[2]
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def data(served: Served, kind: str) -> list[dict[str, object]]:
    acts = served.caller.host.read_model.board.actions(types=(kind,))
    return [{name: value for name, value in act.data.items() if value is not None} for _, act in acts]


def test_a_moment_is_shared_and_thanked_for(practised: Served) -> None:
    """Who shares a moment and who thanks for it each need one form; the promise to thank is kept by it."""
    visitor, proof = entered(practised, "supervisor")
    share = {"proof": proof, "team": "north", "agent": "ola", "note": "She walked along.", "unasked": "yes",
             "drawn": "1"}  # fmt: skip
    for _ in range(2):
        assert visitor.ask("/acts/share", {**share, "next": "/thanks?team=north"})[0] == 303
    practised.go(3)
    (shared,) = data(practised, "moment.shared")
    told = {"team": "north", "agent": "ola", "by": "Ania", "note": "She walked along.", "unasked": True}
    assert shared == {**told, "moment": shared["moment"]}
    moments = part(practised, "moments")
    assert ("ola" in moments, "She walked along." in moments, ">Thank<" in moments) == (True, True, True)
    thank = {"proof": proof, "team": "north", "agent": "ola", "moment": str(shared["moment"]), "public": "yes"}
    assert visitor.ask("/acts/thank", {**thank, "giver": "colleague", "reason": "for that"})[0] == 303
    practised.go(3)
    (thanks,) = data(practised, "recognition.given")
    assert thanks == {"agent": "ola", "by": "Ania", "reason": "for that", "moment": shared["moment"], "team": "north",
                      "giver": "colleague", "public": True}  # fmt: skip
    assert "There is none of the last four weeks." in part(practised, "moments")
    assert practised.caller.host.read_model.score()["moment-thanked"].kept == 1


def test_thanks_to_oneself_thank_nobody(practised: Served) -> None:
    """Who thanks themselves is heard, and the moment still waits for somebody else."""
    practised.send(cloud("moment.shared", "m", practised.now, moment="m1", team="north", agent="Ania", note="Mine."))
    visitor, proof = entered(practised, "supervisor")
    form = {"proof": proof, "team": "north", "agent": "Ania", "moment": "m1"}
    assert visitor.ask("/acts/thank", form)[0] == 303
    assert "Mine." in part(practised, "moments")


def rewarding(served: Served) -> dict[str, str]:
    kept = next(row for row in served.caller.host.read_model.promises(FILTER).items if row.verdict == "kept")
    return {"team": "north", "agent": "ola", "reward": "voucher", "for": f"promise {kept.id}"}


def test_what_was_kept_is_rewarded_once(practised: Served) -> None:
    """A kept promise is offered until somebody was rewarded for it; the reward says what it is worth."""
    visitor, proof = entered(practised, "supervisor")
    form = rewarding(practised)
    assert f'value="{form["for"]}"' in part(practised, "rewards")
    assert visitor.ask("/acts/reward", {**form, "proof": proof})[0] == 303
    practised.go(1)
    (given,) = data(practised, "reward.given")
    assert given == {"team": "north", "agent": "ola", "by": "Ania", "reward": "voucher", "value": 10.0,
                     "promise": form["for"].partition(" ")[2]}  # fmt: skip
    rewards = part(practised, "rewards")
    assert ("A voucher" in rewards, f'value="{form["for"]}"' in rewards) == (True, False)
    status, _, page = visitor.ask("/acts/reward", {**form, "proof": proof, "agent": "jan"})
    assert (status, "Somebody was rewarded for it already." in page) == (409, True)


def test_who_gives_it_at_once_gives_it_once(practised: Served) -> None:
    """Two leads who reward the same promise in one instant give one reward; the other one reads that it was given."""
    form, entries = rewarding(practised), [entered(practised, "supervisor") for _ in range(4)]

    async def all_at_once() -> list[int]:
        forms = [(visitor, {**form, "proof": proof, "drawn": agent, "agent": agent})
                 for agent, (visitor, proof) in zip(("ola", "jan", "ann", "bob"), entries, strict=True)]  # fmt: skip
        return [status for status, _ in await asyncio.gather(*(pressed(practised, *each, "reward") for each in forms))]

    assert sorted(practised.do(all_at_once())) == [204, 409, 409, 409]
    practised.go(1)
    assert len(data(practised, "reward.given")) == 1


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"reward": "vouchr"}, 400, "Did you mean voucher?"),
        ({"team": "nort"}, 400, "Did you mean north?"),
        ({"agent": "ANIA"}, 409, "Nobody rewards themselves"),
        ({"for": "promise none"}, 404, "There is no promise"),
        ({"for": "moment none"}, 404, "There is no such moment"),
        ({"for": "mood good"}, 400, "A reward is for a kept promise, or for a moment."),
        ({"for": ""}, 400, "Say what it is for"),
    ],
)
def test_what_is_not_earned_is_refused(practised: Served, change: dict[str, str], status: int, words: str) -> None:
    """No reward to oneself, for nothing, or of a name that nobody has agreed on; a slip is told what was meant."""
    visitor, proof = entered(practised, "supervisor")
    answered, _, page = visitor.ask("/acts/reward", {**rewarding(practised), "proof": proof, **change})
    assert (answered, words in page) == (status, True)
    assert data(practised, "reward.given") == []


def test_only_customers_promises_that_were_kept_are_rewarded(practised: Served) -> None:
    """What was broken, is follow-through, or is four weeks old is neither offered nor taken."""
    practised.send(cloud("meeting.held", "k", practised.now, team="north"))
    practised.go(3)
    visitor, proof = entered(practised, "supervisor")
    form, read_model = {**rewarding(practised), "proof": proof}, practised.caller.host.read_model
    rows = read_model.promises(FILTER).items
    wrong = [row.id for row in rows if row.verdict == "broken" or (row.verdict and row.aspect == "follow-through")]
    offered = part(practised, "rewards")
    assert len(wrong) > 0
    for each in wrong:
        assert each not in offered
        assert visitor.ask("/acts/reward", {**form, "for": f"promise {each}"})[0] == 409
    practised.go(29 * DAY)
    visitor, proof = entered(practised, "supervisor")
    assert visitor.ask("/acts/reward", {**form, "proof": proof})[0] == 409


def test_who_only_looks_on_reads_no_names(practised: Served) -> None:
    """A viewer sees that there are thanks and rewards, and neither whose nor for what."""
    practised.send(cloud("moment.shared", "m", practised.now, moment="m1", team="north", agent="ola", note="Secret."))
    form = rewarding(practised)
    visitor, proof = entered(practised, "supervisor")
    assert visitor.ask("/acts/reward", {**form, "proof": proof})[0] == 303
    promise = form["for"].partition(" ")[2]
    assert "gave a reward" in visitor.ask(f"/promises/{promise}")[2]
    assert "gave a reward" not in entered(practised, "viewer")[0].ask(f"/promises/{promise}")[2]
    page = entered(practised, "viewer")[0].ask("/thanks?team=north")[2]
    assert ("ola" in page, "Secret." in page, "<option" in page) == (False, False, False)
    assert page.count("Who signs in as a supervisor, or for this team, sees by whom and for what.") == 3


def test_moments_that_are_not_on_the_page_are_counted(practised: Served) -> None:
    """Behind a hundred moments that wait for thanks it stands how many more do; the first can be rewarded, too."""
    practised.send(
        *(cloud("moment.shared", f"m{number}", practised.now, moment=f"m{number}", team="north", agent="ola")
          for number in range(620))
    )  # fmt: skip
    moments = part(practised, "moments")
    assert ("· 620" in moments, "and 520 more" in moments, moments.count('action="/acts/thank"')) == (True, True, 100)
    visitor, proof = entered(practised, "supervisor")
    form = {"team": "north", "agent": "ola", "proof": proof}
    assert visitor.ask("/acts/reward", {**form, "reward": "voucher", "for": "moment m0"})[0] == 303
    assert visitor.ask("/acts/thank", {**form, "moment": "m0"})[0] == 303
    assert "· 619" in part(practised, "moments")


def vote(served: Served, **counts: int) -> None:
    named = [(reward, number) for reward, count in counts.items() for number in range(count)]
    served.send(
        *(cloud("reward.voted", f"{reward}{number}", served.now, team="north", reward=reward)
          for reward, number in named)
    )  # fmt: skip


def test_votes_are_counted_and_nobody_is_counted_out(practised: Served) -> None:
    """The tally is of the quarter that is over; of few votes it says so, and of nothing else."""
    vote(practised, voucher=7, early=3)
    assert "From Thu 1 Jan to Tue 31 Mar: counted on Thu 2 Apr." in part(practised, "votes")
    practised.go((microseconds(datetime(2026, 4, 2, tzinfo=UTC)) - practised.now) // SECOND)
    votes = part(practised, "votes")
    assert "A voucher: <b>7</b>" in votes
    assert votes.count("<b>fewer than 5</b>") == 1
    assert "reward.voted" not in entered(practised)[0].ask("/people")[2]


def test_votes_that_agree_are_not_shown(practised: Served) -> None:
    """Where all chose the same, or all but one did, the tally would tell what each of them chose."""
    vote(practised, voucher=8, early=1)
    practised.go((microseconds(datetime(2026, 4, 2, tzinfo=UTC)) - practised.now) // SECOND)
    votes = part(practised, "votes")
    assert ("Five or more answered." in votes, "<b>8</b>" in votes, "A voucher" in votes) == (True, False, False)


def test_thanks_and_rewards_say_what_for(practised: Served) -> None:
    """Beside each stands what it was for: the words of the moment, or the promise by its place and its words."""
    told = {"moment": "m1", "team": "north", "agent": "ola", "note": "She walked along."}
    practised.send(cloud("moment.shared", "m", practised.now, **told))
    visitor, proof = entered(practised, "supervisor")
    form = {"team": "north", "agent": "ola", "proof": proof}
    assert visitor.ask("/acts/thank", {**form, "moment": "m1", "reason": "so kind"})[0] == 303
    assert visitor.ask("/acts/reward", {**form, "reward": "voucher", "for": "moment m1"})[0] == 303
    assert visitor.ask("/acts/reward", {**rewarding(practised), "proof": proof})[0] == 303
    practised.go(1)
    thanks, rewards = part(practised, "thanks"), part(practised, "rewards").partition("<form")[0]
    assert ("so kind" in thanks, "What for: She walked along." in thanks) == (True, True)
    assert "What for: She walked along." in rewards
    assert re.search(r"What for: <a href=\"/promises/[^\"]+\">[^<]+ s3/q1: You will never stand", rewards) is not None


def test_what_a_list_leaves_out_is_said(practised: Served) -> None:
    """Of more than twenty rewards and wishes the newest are shown, and that there are more; so with what is offered."""
    practised.send(
        *(cloud("moment.shared", f"m{number}", practised.now, moment=f"m{number}", team="north", agent="ola")
          for number in range(60)),
        *(cloud("reward.given", f"r{number}", practised.now, moment=f"m{number}", team="north", agent="ola",
                reward="voucher", value=10, by="Ania") for number in range(21)),
        *(cloud("reward.proposed", f"p{number}", practised.now, team="north", reward=f"Plant {number}")
          for number in range(21)),
    )  # fmt: skip
    practised.go(3)
    rewards, votes = part(practised, "rewards"), part(practised, "votes")
    given, offered = rewards.partition("<form")[::2]
    assert (given.count("gave"), "There are more than these 20." in given) == (20, True)
    assert (votes.count("Plant"), "There are more than these 20." in votes) == (20, True)
    assert "There are more than these 3" in offered


def test_a_refusal_leads_back_to_where_it_was_pressed(practised: Served) -> None:
    """Who is refused on a page of the team goes back to that page and team; from elsewhere, to what is open now."""
    visitor, proof = entered(practised, "supervisor")
    page = visitor.ask("/acts/share", {"proof": proof, "team": "nort", "next": "/thanks?team=north"})[2]
    assert '<a href="/thanks?team=north">Back to where it was pressed</a>' in page
    page = visitor.ask("/acts/share", {"proof": proof, "team": "nort", "next": "//elsewhere.example"})[2]
    assert ('<a href="/">Back to what is open now</a>' in page, "elsewhere" in page) == (True, False)


def test_the_teams_pages_can_be_used_by_everybody(practised: Served, browser: Browser) -> None:
    """On a phone and a screen nothing scrolls sideways, and axe finds nothing with all forms open, light or dark."""
    note = "She walked along, and then back to the tram with both bags."
    practised.send(cloud("moment.shared", "m", practised.now, moment="m1", team="north", agent="ola", note=note))
    found: dict[str, str] = {}
    looks: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 390), ("dark", 1280))
    for scheme, width in looks:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 844})
        page.goto(f"{practised.url}/sign-in")
        page.locator('[name="token"]').fill(TOKENS["supervisor"])
        page.locator('[name="name"]').fill("Ania")
        page.locator("main button").first.click()
        for path in ("/today", "/thanks", "/voices", "/handbook"):
            page.goto(practised.url + path)
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            results = Axe().run(page)
            found |= {f"{path} {width}": results.generate_report()} if results.violations_count else {}
        page.close()
    assert found == {}
