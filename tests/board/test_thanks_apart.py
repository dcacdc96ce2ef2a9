"""The promises of Thanks where names are kept apart: people stay who they are, and nothing is told by an id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from html import unescape
from pathlib import Path

import pytest
from msgspec import json

from tests.board.peopled import POLICY, TOKENS, entered, of_a_team
from tests.board.serving import Served, fill
from tests.board.test_thanks import PRACTICE, STANDARDS, data, part, rewarding
from tests.streams.asking import Peopled, cloud

CALLED = POLICY.replace("people:", "names: {ola: Ola Kowal}\npeople:\n  ola: {addresses: {mail: ola@shop.example}}")


@pytest.fixture
def practised(tmp_path: Path) -> Iterator[Served]:
    with of_a_team(tmp_path, STANDARDS, Peopled(CALLED, practice=PRACTICE, apart=True)) as served:
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


def test_who_was_erased_is_asked_for_their_name_anew(practised: Served) -> None:
    """A session whose name was erased says so before anything is done, and on each page asks for a name."""
    visitor, proof = entered(practised, "supervisor")
    share = {"proof": proof, "team": "north", "agent": "ola", "note": "She walked along."}
    assert visitor.ask("/acts/share", share)[0] == 303
    erase(practised, "Ania")
    status, _, page = visitor.ask("/acts/share", {**share, "note": "Again."})
    assert (status, "Say your name; then it can be done." in page) == (400, True)
    assert 'name="name"' in visitor.ask("/thanks?team=north")[2]
    assert visitor.ask("/acts/share", {**share, "note": "Again.", "name": "Zoe"})[0] == 303
    assert len(data(practised, "moment.shared")) == 2


def test_what_names_somebody_erased_is_refused_and_said(practised: Served) -> None:
    """Thanks and rewards for who was erased are not done, and whoever pressed is told; so is a program."""
    practised.send(cloud("moment.shared", "m", practised.now, moment="m1", team="north", agent="jan", note="Walked."))
    visitor, proof = entered(practised, "supervisor")
    moments = part(practised, "moments")
    form = {**fields(moments[moments.index('action="/acts/thank"') :]), "proof": proof}
    gone = form["agent"]
    erase(practised, "jan")
    late = cloud("moment.shared", "l", practised.now - 1, moment="m2", team="north", agent="jan", note="Ran.")
    practised.send(late)
    assert visitor.ask("/acts/thank", form)[0] == 409
    for moment in ("m1", "m2"):
        reward = {**rewarding(practised), "agent": "", "for": f"moment {moment}", "proof": proof}
        status, _, page = visitor.ask("/acts/reward", reward)
        assert (status, "erased here" in page) == (409, True), moment
    token = {"Authorization": f"Bearer {TOKENS['supervisor']}"}
    note = practised.do(practised.caller.post("/v1/shift/notes", {"note": "Mind the till.", "by": gone}, **token))
    assert note.status == 409
    assert (data(practised, "recognition.given"), data(practised, "reward.given")) == ([], [])


def test_the_same_words_a_week_later_are_another_moment(practised: Served) -> None:
    """Who presses twice shares one moment; the same words from a later page are one that nobody has thanked for."""
    visitor, proof = entered(practised, "supervisor")
    share = {"proof": proof, "team": "north", "agent": "ola", "note": "She walked along."}
    for drawn in ("1", "1", "2"):
        assert visitor.ask("/acts/share", {**share, "drawn": drawn})[0] == 303
    first, second = (str(moment["moment"]) for moment in data(practised, "moment.shared"))
    assert first != second
    reward = {"team": "north", "agent": "ola", "reward": "voucher", "proof": proof}
    for moment in (first, second):
        assert visitor.ask("/acts/reward", {**reward, "for": f"moment {moment}"})[0] == 303
    for _ in range(2):
        assert visitor.ask("/acts/share", share)[0] == 303, "a form without its page is a moment of its own"
    assert len({str(moment["moment"]) for moment in data(practised, "moment.shared")}) == 4


def test_no_id_confirms_what_somebody_wrote(practised: Served) -> None:
    """Whoever guesses a note and knows who did what cannot work the act's id out of it."""
    visitor, proof = entered(practised, "supervisor")
    note = "Mind the till."
    assert visitor.ask("/acts/hand-over", {"proof": proof, "note": note, "after": "x"})[0] == 303
    ((_, act),) = practised.caller.host.read_model.board.actions(types=("shift.handed_over",))
    said = {"note": note, "by": act.by}
    guessed = blake2b(json.encode(["shift.handed_over", "x", *sorted(said.items())]), digest_size=10).hexdigest()
    assert guessed not in act.id
