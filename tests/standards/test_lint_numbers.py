"""What a promise may say of the numbers of its rule, in other units than those in which they are written."""

from __future__ import annotations

import pytest

from standards.compiler.spec import Source, load
from tests.standards.samples import TELL

OWN = """
events:
  call.ended: {site: text, waited: {type: number, unit: seconds}, held: {type: number, unit: s}, tries: integer}
  call.moved: {site: text, minutes: {type: integer, unit: Minutes}}
"""
SHARE = "per: site, when: call.ended, over: 7d, must: '>= 90%', measure"
NEVER = "at_most: 0, within: 7d"


def warned_of(promise: str, rule: str) -> list[str]:
    """Give the ids of what is warned of in one standard."""
    telling = TELL.replace("promise: We do.", f"promise: '{promise}'")
    text = f"kept: 1\n{OWN}\nstandards:\n  it: {{{telling}, aspect: quality, {rule}}}\n"
    return [warning.id for warning in load([Source("a.yaml", text)]).warnings if warning.id != "unused-event"]


@pytest.mark.parametrize(
    ("promise", "rule"),
    [
        ("Within five minutes.", f"{SHARE}: share(waited <= 300)"),
        ("Within five minutes.", f"{SHARE}: share(300 >= waited and tries < 2)"),
        ("Within five minutes.", f"{SHARE}: share(waited < 301)"),
        ("Within two hours.", f"{SHARE.replace('call.ended', 'call.moved')}: share(minutes <= 120)"),
        ("Five minutes on average.", "per: site, when: call.ended, over: 7d, measure: mean(waited), must: <= 300"),
        ("Never over five minutes.", f"per: site, when: {{event: call.ended, where: waited > 300}}, {NEVER}"),
        ("Never over five minutes.", "per: site, when: call.ended, must: waited <= 300"),
        ("Five or ten minutes.", "per: site, when: call.ended, must: 'waited in [300, 600]'"),
        ("Five minutes in all.", "per: site, when: call.ended, must: waited + held <= 300"),
        (
            "Moved if you had to wait for five minutes.",
            "per: site, when: call.ended, expect: {event: call.moved, where: opening.waited > 300}, within: 1m",
        ),
        ("Never over two minutes.", f"per: contact, when: {{event: contact.answered, where: waited > 120}}, {NEVER}"),
        ("Two days long.", "per: agent, when: training.completed, must: hours >= 48"),
    ],
)
def test_what_a_field_of_time_is_compared_with_counts_in_every_unit(promise: str, rule: str) -> None:
    """Where a field is in a unit of time, what it is compared with is one: 300 seconds are five minutes."""
    assert warned_of(promise, rule) == []


@pytest.mark.parametrize(
    ("promise", "rule"),
    [
        ("Within six minutes.", f"{SHARE}: share(waited <= 300)"),
        ("Within five minutes.", f"{SHARE}: share(waited <= 30 and tries < 300)"),
        ("Six minutes on average.", "per: site, when: call.ended, over: 7d, measure: mean(waited), must: <= 300"),
        ("Five tries.", "per: site, when: call.ended, over: 7d, measure: mean(tries), must: <= 300"),
        ("Never over five minutes.", f"per: site, when: {{event: call.ended, where: tries > 300}}, {NEVER}"),
        ("Five hours long.", "per: agent, when: training.completed, must: hours <= 300"),
    ],
)
def test_what_another_field_is_compared_with_is_no_time(promise: str, rule: str) -> None:
    """A number of something else is no length of time, and a length is what it is in the unit of its field."""
    assert warned_of(promise, rule) == ["other-number"]
