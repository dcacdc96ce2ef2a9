"""The promises of Thanks where names are kept apart: people stay who they are, and nothing is told by an id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.board.peopled import ALL, POLICY, entered
from tests.board.serving import Served, fill
from tests.board.test_thanks import PRACTICE, STANDARDS, data, part, rewarding
from tests.streams.asking import Peopled, cloud

CALLED = POLICY.replace("people:", "names: {ola: Ola Kowal}\npeople:\n  ola: {addresses: {mail: ola@shop.example}}")


@pytest.fixture
def practised(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "team.yaml").write_text(STANDARDS, encoding="utf-8")
    with Served(tmp_path, ALL, Peopled(CALLED, practice=PRACTICE, apart=True)) as served:
        fill(served)
        yield served


def fields(form: str) -> dict[str, str]:
    """Give what the first form of a page sends by itself."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form.partition("</form>")[0])
    return {name: unescape(value) for name, value in found}


def referred(served: Served, name: str) -> str:
    names = served.caller.host.names
    assert names is not None
    return names.find(name)


def erase(served: Served, name: str) -> None:
    names = served.caller.host.names
    assert names is not None
    assert names.erase(names.find(name), served.now).rows


def test_thanks_go_to_whom_the_form_names(practised: Served) -> None:
    """Whom the policy calls by another name is thanked as who they are, by the form or by what it calls them."""
    practised.send(cloud("moment.shared", "m", practised.now, moment="m1", team="north", agent="ola", note="Walked."))
    visitor, proof = entered(practised, "supervisor")
    ola, moments = referred(practised, "ola"), part(practised, "moments")
    assert "Ola Kowal" in moments
    form = fields(moments[moments.index('action="/acts/thank"') :])
    assert form["agent"] == ola
    assert 'value="Ola Kowal"' in visitor.ask("/thanks?team=north")[2]
    for agent in (form["agent"], "Ola Kowal"):
        assert visitor.ask("/acts/thank", {**form, "proof": proof, "agent": agent})[0] == 303
    assert {thanks["agent"] for thanks in data(practised, "recognition.given")} == {ola}


def test_nobody_rewards_themselves_by_another_name(practised: Served) -> None:
    """Whoever signs in as ola and rewards Ola Kowal rewards themselves."""
    visitor, proof = entered(practised, "supervisor")
    form = {**rewarding(practised), "proof": proof, "name": "ola", "agent": "Ola Kowal"}
    status, _, page = visitor.ask("/acts/reward", form)
    assert (status, "Nobody rewards themselves" in page) == (409, True)
