"""What the people of the simulated floor do for each other, and what they and their customers said before it opened.

It takes turns, and draws no lots: so the rest of the day goes as it did. Read next: `playing.py`.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from standards.calendar.duration import DAY, MINUTE
from standards.judge.events import iso, moment
from standards.practice.periods import begun_quarter, months_before
from streams.floor.stage import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.floor.stage import Process, Stage

TEAM: Final = "floor"
FIRST, APART = 40.0, 240.0
"""After how many seconds the first moment is told, and how far apart they are."""
THANKED_AFTER: Final = 75.0
UNTHANKED: Final = 3
"""Of so many moments one waits for thanks."""
REWARDED: Final = 4
"""For one of so many moments there is a reward."""
_MOMENTS: Final = (
    ("ania", "A caller had lost her order number. Ania found it by the street, and read it to her twice."),
    ("jan", "A boy looked for cat food that we do not have. Jan drew him the way to the shop that has it."),
    ("ola", "Ola saw an old man with two bags, left the till to Piotr, and carried them to the tram."),
    ("kasia", "A caller cried. Kasia took her time, and called her again in the evening."),
    ("marek", "Marek opened his till in his break, as the line was long and it rained."),
)
_WORDS: Final = ("That was kind.", "I would not have thought of it.", "We had a laugh about it, and she came back.")
_VOTES: Final = {"first-pick": 14, "voucher": 9, "early-end": 6, "parking": 3}
_TOPICS: Final = {"long line": (9, 21), "passed around": (16, 6), "price": (11, 12), "noise": (2, 3), "light": (3, 4)}
"""How many complained of what in the last months that are over, the older one first."""
_SCORES: Final = (5, 4, 5, 3, 4, 5, 5, 4, 3, 5)
_ASKED: Final = 120
"""How many were asked in each of these months."""
_UTC: Final = ZoneInfo("UTC")


def praise(stage: Stage) -> Process:
    """Tell of moments, thank for most of them, and reward one now and then."""
    yield FIRST
    for number in count():
        agent, note = _MOMENTS[number % len(_MOMENTS)]
        giver, _ = _MOMENTS[(number + 1) % len(_MOMENTS)]
        name = f"m-{iso(stage.start)}-{number + 1}"
        stage.tell("staff", "moment.shared", moment=name, team=TEAM, agent=agent, by=giver, note=note, unasked=True)
        yield THANKED_AFTER
        if number % UNTHANKED:
            stage.tell(
                "staff", "recognition.given", agent=agent, team=TEAM, by=giver, giver="colleague", moment=name,
                reason=_WORDS[number % len(_WORDS)], public=True,
            )  # fmt: skip
        if number % REWARDED == 1:
            stage.tell("lead", "reward.given", team=TEAM, agent=agent, by="emil", reward="voucher", value=10.0,
                       moment=name)  # fmt: skip
        yield APART - THANKED_AFTER


def told_before(start: int) -> Iterator[Happening]:
    """Give what was said before the floor opened: votes of the last quarter, complaints and scores of two months.

    It is told at the `start` (microseconds UTC), with the times at which it was said; told again, it is the same.
    """
    quarter = begun_quarter(start, _UTC) - DAY
    for reward, votes in _VOTES.items():
        yield from (
            _said(start, quarter, "reward.voted", f"{reward}-{n}", team=TEAM, reward=reward) for n in range(votes)
        )
    yield _said(start, quarter + DAY, "reward.proposed", "plants", team=TEAM, reward="Plants for the break room")
    for month, since in enumerate(months_before(start, _UTC, 2)[:-1]):
        at = since + 3 * DAY
        for topic, counts in _TOPICS.items():
            for number in range(counts[month]):
                contact = f"{topic}-{month}-{number}"
                yield _said(start, at, "complaint.received", contact, team=TEAM, contact=contact, topic=topic)
        yield _said(start, at, "survey.sent", f"asked-{month}", team=TEAM, asked=_ASKED)
        for number in range(4 * len(_SCORES)):
            score, contact = _SCORES[number % len(_SCORES)], f"score-{month}-{number}"
            yield _said(start, at, "survey.answered", contact, team=TEAM, contact=contact, score=float(score))


def _said(start: int, at: int, kind: str, name: str, **data: object) -> Happening:
    event: dict[str, object] = {
        "specversion": "1.0", "id": f"{moment(at):%Y-%m}-{name}", "source": "floor/before", "type": kind,
        "time": iso(at - at % MINUTE), "data": data,
    }  # fmt: skip
    return Happening(start, event)
