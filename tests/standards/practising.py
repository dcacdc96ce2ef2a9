"""What the tests of people's practice read: a few standards, and a practice document with every key in it."""

from standards.judge.shapes import Response
from standards.judge.standard import Aspect, Clause, Standard


def standard(name: str, aspect: Aspect, *may_excuse: str) -> Standard:
    shape = Response(Clause("queue.length"), Clause("register.opened"), 60_000_000)
    return Standard(name, f"r-{name}", ("site",), shape, aspect=aspect, may_excuse=may_excuse)


STANDARDS = (
    standard("no-wait", "speed", "floor-lead", "scenario/till-outage"), standard("no-long-line", "speed"),
    standard("never-brusque", "courtesy"), standard("talked-over", "follow-through"),
)  # fmt: skip
WHOLE = """
kept: 1
teams: {north: {lead: floor-lead, site: s1}, south: {lead: floor-lead}}
forms:
  delight:
    kind: self
    statements: [I look up first., I say the name., I keep my word.]
    bands: [{from: 3, says: Delighting.}, {from: 2, says: Nearly.}, {from: 0, says: Talk to a coach?, offer: coaching}]
  nine: {kind: review, statements: [Was the greeting warm?]}
rewards:
  first-pick: {title: First pick of shifts, value: 0}
  voucher: {title: A voucher, value: 12.5, for: [no-wait, never-brusque]}
scenarios:
  till-outage: {when: A till goes dark., do: [Say sorry., Offer a drink.], up_to: 5, excuses: no-wait}
  rain: {when: It pours., do: Lend an umbrella.}
goals:
  lines: {team: north, standard: no-wait, kept: 95%, over: day, beside: [never-brusque]}
consequences:
  no-wait: {says: We talk about it that day., steps: [debrief, coaching]}
  never-brusque: {says: We talk., steps: talk}
"""
