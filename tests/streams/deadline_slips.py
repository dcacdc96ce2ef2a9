"""Slips where several events open a promise, choose how long there is, or name the deadline itself.

Read next: `test_beginners_slips.py`, which makes them.
"""

DEADLINES = """\
kept: 1
calendars:
  shop: {timezone: Europe/Vienna, hours: {tue-sat: "10:00-18:00"}}
events:
  bike.left: {bike: text, days: integer, urgency: text?, ready_by: time?}
  bike.back: {bike: text, urgency: text?, ready_by: time?}
  bike.ready: {bike: text}
standards:
  ready:
    promise: Your bicycle is ready when we said, or within 2 working days.
    what: Finish it.
    how: Do nothing else on the way.
    why: Nobody likes to walk.
    exceptions: A part is missing. The master may grant one.
    owner: master
    aspect: quality
    per: [bike]
    when: [bike.left, bike.back]
    expect: bike.ready
    due: ready_by
    within: {by: urgency, urgent: 2h, else: 2 working days}
    calendar: shop
"""

WITHIN = DEADLINES[DEADLINES.index("    expect:") :]

IN_DEADLINES = [
    ("back: {bike: text, urgency: text?, ready_by: time?}", "back: {bike: text, urgency: text?}",
     "add ready_by: time? to it, under events:"),
    ("back: {bike: text, urgency: text?, ready_by: time?}", "back: {bike: text, ready_by: time?}",
     "add urgency: text? to it, under events:"),
    ("due: ready_by", "due: ready_by + 10m", "let the event bring the later time itself"),
    ("due: ready_by", "due: ready_by+1h30m", "let the event bring the later time itself"),
    ("due: ready_by", "due: ready_by - 2 hours", "let the event bring the earlier time itself"),
    ("due: ready_by", "due: redy_by", "did you mean 'ready_by'?"),
    ("    due: ready_by\n", "    due: ready_by\n    pause: {when: bike.back, until: bike.left}\n",
     "leave pause out, or due"),
    ("calendar: shop", "calendar: {by: urgency, urgent: always, else: shop}",
     ("under calendars, declare round-the-clock: {timezone: Europe/Vienna}, a calendar without hours, "
      "and write it instead of always")),
    ("calendar: shop", "calendar: always", "write calendar: with the name of one that has a time zone"),
    (WITHIN, "    must: days > 3\n", "add days: integer? to it, under events:"),
    (WITHIN, '    measure: mean(days)\n    over: 1d\n    must: ">= 3"\n', "add days: integer? to it, under events:"),
    ("    calendar: shop\n", "", "add calendar: with the name of one that has a time zone"),
]  # fmt: skip
