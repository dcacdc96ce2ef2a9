"""What a practice document has not agreed on is refused at the door, with the nearest name; so are private answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.names.references import ERASED
from tests.board.test_thanks import PRACTICE, STANDARDS
from tests.streams.asking import Caller, Peopled, asking, cloud

FORMS = """
forms:
  delight: {kind: self, statements: [I greet., I come back.], bands: [{from: 0, says: Good.}]}
  nine: {kind: review, statements: [Warm?, Clear?]}
"""
PERSONS = {"team": "north", "agent": "ann", "by": "bob"}


async def refused(caller: Caller, kind: str, **data: object) -> list[tuple[str, str]]:
    """Give the reasons and messages of what was refused, of one event that was sent."""
    answer = await caller.send(cloud(kind, kind, caller.clock.at, **data))
    await caller.pass_time(1)
    letters = (await caller.get("/v1/dead-letters")).json["items"]
    assert answer.status == (400 if letters else 202), answer.text
    assert [each["reason"] for each in answer.json["refused"]] == [each["reason"] for each in letters]
    return [(each["reason"], each["message"]) for each in letters]


def written(folder: Path, practice: str) -> Peopled:
    (folder / "rules").mkdir()
    (folder / "rules" / "team.yaml").write_text(STANDARDS, encoding="utf-8")
    return Peopled(practice=practice, apart=True)


@pytest.mark.parametrize(
    ("kind", "data", "near"),
    [
        ("reward.given", {**PERSONS, "reward": "vouchr", "value": 5, "moment": "m"}, "did you mean 'voucher'?"),
        ("reward.voted", {"team": "north", "reward": "gold"}, "it has early, voucher"),
        ("exception.made", {"team": "north", "by": "bob", "scenario": "outages"}, "did you mean 'outage'?"),
        ("review.completed", {"agent": "ann", "form": "nin"}, "did you mean 'nine'?"),
        ("assessment.completed", {"agent": "ann", "form": "delite"}, "did you mean 'delight'?"),
    ],
)
async def test_an_unknown_name_is_refused(tmp_path: Path, kind: str, data: dict[str, object], near: str) -> None:
    """Whoever looks under Feeds reads which name was meant; the letter has a reference where it named somebody."""
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE + FORMS)) as caller:
        ((reason, message),) = await refused(caller, kind, **data)
    assert (reason, near in message) == ("not-agreed", True)


async def test_the_answer_says_what_the_door_refused(tmp_path: Path) -> None:
    """Of a request each event is told of that is not taken, at its place: unreadable ones, and those not agreed on."""
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE + FORMS)) as caller:
        now = caller.clock.at
        gift = {"team": "north", "agent": "Ann", "by": "ann ", "reward": "voucher", "value": 5, "moment": "m"}
        sent = [
            cloud("reward.voted", "good", now, team="north", reward="early"),
            cloud("reward.given", "own", now, **gift),
            {"type": "reward.voted"},
            cloud("assessment.completed", "answers", now, agent="ann", form="delight", score=3),
            cloud("reward.voted", "late", now, team="north", reward="voucher"),
        ]
        answer = await caller.send(*sent)
        assert (answer.status, answer.json["accepted"], "were refused" in answer.json["detail"]) == (400, 2, True)
        found = [(each["place"], each["reason"], each.get("id", "")) for each in answer.json["refused"]]
        assert [place for place, *_ in found] == [2, 3, 4]
        assert [found[0], found[2]] == [(2, "own-reward", "own"), (4, "private-answer", "answers")]
        assert (await caller.send(sent[0])).json == {"accepted": 1, "refused": []}


async def test_what_is_agreed_is_taken(tmp_path: Path) -> None:
    """Known names pass, and so do a reward that is proposed, and a form that nobody names."""
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE + FORMS)) as caller:
        assert await refused(caller, "reward.voted", team="north", reward="early") == []
        assert await refused(caller, "reward.proposed", team="north", reward="A plant") == []
        assert await refused(caller, "review.completed", agent="ann", score=4) == []
        assert await refused(caller, "assessment.completed", agent="ann", form="delight") == []


async def test_answers_about_ones_own_work_are_not_taken(tmp_path: Path) -> None:
    """A score of a form that is for one's own eyes is refused; one of a review is not."""
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE + FORMS)) as caller:
        assert await refused(caller, "review.completed", agent="ann", form="nine", score=4) == []
        ((reason, message),) = await refused(caller, "assessment.completed", agent="ann", form="delight", score=73.5)
        (letter,) = (await caller.get("/v1/dead-letters")).json["items"]
    assert (reason, "score was taken out" in message) == ("private-answer", True)
    assert "73.5" not in json.dumps(letter), "what is kept of it does not have the score either"


async def test_a_slip_in_the_name_of_a_form_keeps_no_answers(tmp_path: Path) -> None:
    """A form that nobody knows may be a private one misspelt: the letter names the nearest, and has no score."""
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE + FORMS)) as caller:
        ((reason, message),) = await refused(caller, "assessment.completed", agent="ann", form="delite", score=73.5)
        (letter,) = (await caller.get("/v1/dead-letters")).json["items"]
    assert (reason, "did you mean 'delight'?" in message) == ("not-agreed", True)
    assert "score was taken out" in message
    assert "73.5" not in json.dumps(letter)


async def test_without_a_document_every_name_is_taken(tmp_path: Path) -> None:
    """Where nothing is agreed on, nothing is held against it: neither without a document, nor without that section."""
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE)) as caller:
        assert await refused(caller, "review.completed", agent="ann", form="own") == []


async def test_a_reward_to_oneself_is_refused(tmp_path: Path) -> None:
    """However the name is written, and whatever it is for; one to a colleague is taken."""
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE + FORMS)) as caller:
        given = {"team": "north", "reward": "voucher", "value": 5, "moment": "m"}
        assert await refused(caller, "reward.given", agent="ann", by="bob", **given) == []
        ((reason, message),) = await refused(caller, "reward.given", agent="ann", by=" Ann", **given)
    assert (reason, "nobody rewards themselves" in message) == ("own-reward", True)


async def test_a_reward_between_two_who_were_forgotten_is_taken(tmp_path: Path) -> None:
    """Both have the one reference of whoever was forgotten, and need not be one person; one who is known may not."""
    reward = {"team": "north", "reward": "voucher", "value": 5, "moment": "m"}
    async with asking(tmp_path, peopled=written(tmp_path, PRACTICE + FORMS)) as caller:
        assert await refused(caller, "reward.given", **reward, agent=ERASED, by=ERASED) == []
        ((reason, _),) = await refused(caller, "reward.given", **reward, agent="Ann", by=" ann")
    assert reason == "own-reward"
