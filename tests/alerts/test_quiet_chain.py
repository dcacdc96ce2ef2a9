"""The chain of a ticket counts the time in which somebody who was told can hear of it."""

import pytest

from standards.judge.ledger import Line
from tests.alerts.playing import Floor, line


def policy(quiet: str, *, mute: str = "", bob: str = "") -> str:
    calendars = [f"night: {{timezone: Europe/Warsaw, hours: {{daily: ['{quiet}']}}}}"]
    calendars += [f"shut: {{timezone: Europe/Warsaw, hours: {{daily: ['{mute}']}}}}"] if mute else []
    return (
        f"kept: 1\ncalendars: {{{', '.join(calendars)}}}\n"
        f"people: {{ann: {{quiet: night}}, bob: {{{bob}}}, chief: {{}}}}\n"
        f"routes: [{{tell: {'[ann, bob]' if bob else 'ann'}, repeat: never, {'mute: shut, ' if mute else ''}"
        "escalate: [{after: 5m, tell: chief}]}]\n"
    )


def chief(floor: Floor, facts: list[Line]) -> list[float]:
    floor.play(facts, 8 * 3600)
    return [at / 60 for to, _, _, at in floor.said() if to == "chief"]


@pytest.mark.parametrize(
    ("text", "of", "minutes"),
    [
        (policy("12:00-18:00"), "greeting", 365),
        (policy("12:03-18:00"), "greeting", 362),
        (policy("12:05-18:00"), "greeting", 5),
        (policy("12:00-18:00"), "no-wait", 5),
        (policy("12:00-18:00", bob="budget: 6"), "greeting", 5),
        (policy("12:00-18:00", bob="quiet: night"), "greeting", 365),
        (policy("12:03-13:03", mute="12:03-13:03"), "greeting", 65),
        (policy("12:03-13:03", mute="12:05-13:10"), "greeting", 72),
        (policy("11:00-11:30", mute="12:03-13:03"), "greeting", 65),
    ],
)
def test_a_chain_waits_while_nobody_who_was_told_can_hear(text: str, of: str, minutes: float) -> None:
    """Five minutes in which ann, or bob, could hear of a ticket; a page rings in quiet hours, and its chain runs."""
    assert chief(Floor(text), [line(0, "broken", "p", of=of)]) == [minutes]


def test_a_verdict_in_the_night_does_not_count_the_night_twice() -> None:
    """Warned of before the night, and broken in it, muted and quiet at once: the chain goes on in the morning."""
    text = policy("12:03-13:03", mute="12:03-13:03")
    assert chief(Floor(text), [line(0, "warned", "p", of="greeting"), line(1800, "broken", "p", of="greeting")]) == [65]
