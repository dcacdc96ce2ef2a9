"""Names that are typed: who is not known here is asked about once, and a moment's reward goes to whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from msgspec import json

from tests.board.peopled import entered, of_a_team
from tests.board.serving import Served, fill
from tests.board.test_thanks import KNOWING, PRACTICE, STANDARDS, data, part, rewarding
from tests.board.test_thanks_apart import fields
from tests.streams.asking import Peopled, cloud


@pytest.fixture(params=[True, False], ids=["names kept apart", "names in events"])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    called = KNOWING.replace("people:", "names: {ola: Ola Kowal}\npeople:")
    with of_a_team(tmp_path, STANDARDS, Peopled(called, practice=PRACTICE, apart=request.param)) as served:
        fill(served)
        yield served


def whom(served: Served, kind: str) -> list[str]:
    """Name whom acts of a kind were for, by the names that they stand for."""
    found, names = [str(each["agent"]) for each in data(served, kind)], served.caller.host.names
    return found if names is None else [names.shown([each])[each] for each in found]


@pytest.mark.parametrize("act", ["share", "reward"])
def test_a_name_that_nobody_has_is_asked_about_once(house: Served, act: str) -> None:
    """Nothing is noted of a slip before it was said to be right; then it is taken, and not asked about again."""
    visitor, proof = entered(house, "supervisor")
    given = {
        **rewarding(house),
        "proof": proof,
        "agent": "Olla Kowal",
        "note": "She ran.",
        "next": "/thanks?team=north",
    }
    status, _, page = visitor.ask(f"/acts/{act}", given)
    page = unescape(page)
    assert (status, "Nobody called 'Olla Kowal' is known here. Is that right" in page) == (409, True)
    assert 'href="/thanks?team=north"' in page
    kind = {"share": "moment.shared", "reward": "reward.given"}[act]
    assert data(house, kind) == []
    if (names := house.caller.host.names) is not None:
        assert names.find("Olla Kowal") == "", "a slip makes nobody"
        assert "did you mean Ola Kowal?" in page
    sent = fields(page[page.index(f'action="/acts/{act}"') :])
    assert visitor.ask(f"/acts/{act}", sent)[0] == 303
    assert whom(house, kind) == ["Olla Kowal"]
    house.go(1)
    again = {"proof": proof, "team": "north", "agent": "olla kowal", "note": "And again."}
    assert visitor.ask("/acts/share", again)[0] == 303, "who was named here is known"


@pytest.mark.parametrize("agent", ["ola", " OLA ", "Ania"])
def test_who_is_known_is_not_asked_about(house: Served, agent: str) -> None:
    """Whoever the policy has, however it is written, and whoever has signed in."""
    visitor, proof = entered(house, "supervisor")
    form = {"proof": proof, "team": "north", "agent": agent, "note": "She ran."}
    assert visitor.ask("/acts/share", form)[0] == 303


def test_the_page_itself_asks_as_well(house: Served) -> None:
    """What the page's script sends is answered with the question, and which name it is about."""
    visitor, proof = entered(house, "supervisor")
    form = {"proof": proof, "team": "north", "agent": "Olla", "note": "She ran."}
    status, _, said = visitor.ask("/acts/share", form, Accept="application/json")
    assert (status, json.decode(said)["sure"]) == (409, "Olla")
    assert visitor.ask("/acts/share", {**form, "sure": "Olla"}, Accept="application/json")[0] == 204


def test_a_moments_reward_goes_to_whose_it_is(house: Served) -> None:
    """Its form asks for no name, as the moment has one; another one that is sent is refused rather than passed over."""
    for number, agent in enumerate(("ola", "jan", "")):
        whose = {"agent": agent} if agent else {}
        said = {"moment": f"m{number}", "team": "north", "note": f"Moment {number}.", **whose}
        house.send(cloud("moment.shared", f"m{number}", house.now, **said))
    house.go(3)
    shown = part(house, "rewards")
    first, _, second = shown.partition('id="reward"')
    assert ('name="agent"' in first, 'name="agent"' in second) == (False, True)
    assert ["moment m0" in first, "moment m1" in first, "moment m2" in first] == [True, True, False]
    assert ("moment m2" in second, "promise " in second) == (True, True), "who gets it is asked where nothing says it"
    visitor, proof = entered(house, "supervisor")
    form = {"proof": proof, "team": "north", "reward": "voucher"}
    assert visitor.ask("/acts/reward", {**form, "for": "moment m0"})[0] == 303
    status, _, page = visitor.ask("/acts/reward", {**form, "for": "moment m1", "agent": "ola"})
    assert (status, "so nobody else is rewarded for it" in page) == (409, True)
    assert visitor.ask("/acts/reward", {**form, "for": "moment m2"})[0] == 400
    assert whom(house, "reward.given") == ["ola" if house.caller.host.names is None else "Ola Kowal"]
