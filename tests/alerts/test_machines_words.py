"""Machines are told in English throughout: what an author wrote in several languages, too."""

from __future__ import annotations

from msgspec.structs import replace

from alerts.channels.alertmanager import sentences
from alerts.channels.webhook import body
from alerts.policy.reader import Reader
from alerts.routing.digest import summary
from alerts.routing.notice import Notice, for_machines, notice
from alerts.words.words import Words
from tests.alerts.test_languages import WARSAW, at
from tests.alerts.test_relevance import NOON, REGISTER, WARNED

GERMAN = {
    "promise": "Vor Ihnen stehen nie mehr als drei Personen.", "what": "Die Kasse öffnen.", "how": "Mit Schlüssel.",
    "why": "Ein Schild gilt.", "exceptions": "Feueralarm.",
}  # fmt: skip
BOTH = replace(REGISTER, translations={"de": GERMAN})


def told(language: str) -> list[Notice]:
    """One notice, one with another, and what all of them say to machines."""
    reader = Reader(Words(language), WARSAW, False)
    one, other = (notice(at(queue, WARNED), BOTH, reader) for queue in ("q2", "q3"))
    return [one, summary([one, other], "ann", NOON), for_machines(one, ["webhook"], NOON)]


def test_what_machines_are_told_is_the_same_whoever_reads_beside_them() -> None:
    """A colleague who reads German changes no word of what a program is told."""
    for german, english in zip(told("de"), told("en"), strict=True):
        assert sentences(german) == sentences(english)
        assert body(german) == body(english)
        for words in GERMAN.values():
            assert words.rstrip(".") not in body(german).decode()
    assert told("de")[0].how == "Mit Schlüssel."
