"""Scripted days: standards, what happened, and where time went; every host must tell the same ledger of them.

A line of a script is one of a history (tests/history.py), or `until TIME`: time reaches that instant, and what comes
after with an earlier time is late evidence. Knows: no host. Must not know: what the ledger should be.
"""

from __future__ import annotations

from tests.history import rules

LINE = "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened"
BROKEN = 'when: {{event: promise.broken, where: standard == "{}"}}'.format
TILLS = "feeds:\n  tills: {events: [register.opened, register.closed], per: [site], silent_after: 5m}"

STORIES: dict[str, tuple[str, str]] = {
    "a register is opened in time, late, and never": (
        rules(
            line=f"""{LINE}, within: 60s, warn: [50%, 10s before],
            unless: {{event: queue.length, where: waiting <= 3}}"""
        ),
        """
        08:00:00 queue.length waiting=5
        08:00:40 register.opened
        08:05:00 queue.length waiting=2
        08:06:00 queue.length waiting=6
        08:07:30 register.opened
        08:08:00 queue.length waiting=1
        08:10:00 queue.length waiting=4 queue=q2
        08:10:20 queue.length waiting=3 queue=q2
        08:12:00 queue.length waiting=9 queue=q3
        until 08:20:00
        """,
    ),
    "evidence that comes late corrects what was told": (
        rules(line=f"{LINE}, within: 60s"),
        """
        08:00:00 queue.length waiting=5
        08:00:00 queue.length waiting=5 queue=q2
        until 08:03:00
        08:00:30 register.opened
        08:10:00 queue.length waiting=7 queue=q2
        until 08:12:00
        08:00:50 register.opened queue=q2
        until 08:12:10
        08:10:10 register.opened queue=q2
        until 08:30:00
        """,
    ),
    "an exception is granted before and after the verdict": (
        rules(line=f"{LINE}, within: 60s, may_excuse: [lead]"),
        """
        08:00:00 queue.length waiting=5
        08:00:20 exception.granted standard=line subject=s3/q1 by=lead
        08:01:00 queue.length waiting=5 queue=q2
        08:05:00 exception.granted standard=line subject=s3/q2 by=lead
        08:06:00 exception.granted standard=line subject=s3/q9 by=lead
        until 08:30:00
        """,
    ),
    "nobody can say what a silent feed would have told": (
        rules(
            TILLS,
            line=f"{LINE}, within: 10m",
        ),
        """
        08:00:00 register.opened site=s1 queue=q9
        08:01:00 queue.length waiting=5 site=s1
        08:01:00 queue.length waiting=5 site=s2
        08:09:00 register.opened site=s1 queue=q9
        until 08:30:00
        """,
    ),
    "every broken promise is talked over, and the talk is owed too": (
        rules(
            line=f"{LINE}, within: 60s",
            debrief=f"per: [site], {BROKEN('line')}, expect: talk.held, within: 10m, reopen: each",
            often=f"per: [site], {BROKEN('line')}, at_most: 2, within: 1h",
            word=f"per: [site], {BROKEN('debrief')}, expect: talk.held, within: 1h",
            sections="events:\n  talk.held: {site: text}",
        ),
        """
        08:00:00 queue.length waiting=5 queue=q1
        08:00:10 queue.length waiting=5 queue=q2
        08:00:20 queue.length waiting=5 queue=q3
        08:00:30 queue.length waiting=5 queue=q4 site=s4
        08:05:00 talk.held site=s3
        08:06:00 queue.length waiting=1 queue=q1
        08:07:00 queue.length waiting=8 queue=q1
        until 09:30:00
        """,
    ),
    "the clock stops while the customer is asked, and at night": (
        rules(
            "calendars:\n  shop: {timezone: UTC, hours: {mon-fri: ['08:00-18:00']}}",
            answer="""per: [contact], when: contact.started, expect: contact.closed, within: 2h, calendar: shop,
            pause: {when: contact.waiting, until: contact.resumed}, warn: 30m before""",
        ),
        """
        08:30:00 contact.started contact=c1
        09:00:00 contact.waiting contact=c1
        11:00:00 contact.resumed contact=c1
        17:30:00 contact.started contact=c2
        +1d 09:00:00 contact.closed contact=c2
        until +1d 12:00:00
        """,
    ),
    "transfers are briefed, few, and the week has its meeting": (
        rules(
            warm="per: [contact], when: transfer.completed, expect: transfer.briefed, within_last: 2m",
            once="per: [contact], when: transfer.completed, at_most: 1, until: contact.closed",
            polled="per: [site], expect: queue.length, every: 10m",
            short="per: [site], when: queue.length, measure: mean(waiting), over: 30m, must: measure <= 3, at_least: 2",
        ),
        """
        08:00:00 transfer.briefed contact=c1 from_agent=ann to_agent=bob
        08:01:00 transfer.completed contact=c1 from_agent=ann to_agent=bob
        08:05:00 transfer.completed contact=c1 from_agent=bob to_agent=eve
        08:06:00 contact.closed contact=c1
        08:10:00 queue.length waiting=3
        08:15:00 queue.length waiting=9
        08:40:00 queue.length waiting=1
        08:45:00 queue.length waiting=2
        until 09:30:00
        """,
    ),
    "how long there is, is chosen, named, and moved, also by what comes late": (
        rules(
            """calendars:
  desk: {timezone: UTC, hours: {mon-fri: ["08:00-18:00"]}}
events:
  job.asked: {job: text, rank: text?, by: time?}
  job.ranked: {job: text, rank: text?, by: time?}
  job.held: {job: text}
  job.resumed: {job: text}
  job.done: {job: text}""",
            ranked="""per: [job], when: job.asked, expect: job.done, calendar: desk,
            within: {by: rank, high: 2h, odd: none, low: 1 working day, else: end of next working day},
            follow: job.ranked, pause: {when: job.held, until: job.resumed}, warn: [50%]""",
            named="""per: [job], when: {event: job.asked, where: rank == "named"}, expect: job.done, due: by,
            within: 4h,
            follow: job.ranked, warn: [15m before]""",
        ),
        """
        09:00:00 job.asked job=a rank=high
        09:00:00 job.asked job=b rank=low
        09:00:00 job.asked job=c rank=odd
        09:00:00 job.asked job=d
        09:00:00 job.asked job=e rank=named by=2026-03-02T12:00:00Z
        09:00:00 job.asked job=f rank=named by=2026-03-02T08:00:00Z
        10:00:00 job.ranked job=a rank=low
        10:30:00 job.held job=b
        11:00:00 job.ranked job=e by=2026-03-02T16:00:00Z
        12:30:00 job.resumed job=b
        until 13:00:00
        12:00:00 job.ranked job=d rank=high
        16:30:00 job.done job=e
        17:00:00 job.done job=f
        +1d 11:30:00 job.done job=b
        until +2d 12:00:00
        """,
    ),
    "a ticket waits, moves and comes back, and a share asks which event it is": (
        rules(
            """
states:
  waiting: {when: ticket.waiting, until: [customer.wrote, ticket.resumed]}
  ours: {when: {event: ticket.moved, where: team == "support"}, until: ticket.moved}""",
            solved="""per: [ticket], when: [ticket.opened, ticket.reopened], expect: ticket.completed, within: 2h,
            pause: waiting, unless: [ticket.merged, ticket.closed], undo: {when: ticket.reopened, within: 1d}""",
            answer="""per: [ticket], when: customer.wrote, again: judged, expect: ticket.replied, within: 30m,
            while: ours""",
            moved="per: [ticket], when: {event: ticket.moved, apart: 5s}, at_most: 2, until: ticket.completed",
            offered="""per: [], when: [contact.answered, {event: contact.abandoned, where: waited >= 5}],
            measure: share(event == "contact.answered" and waited <= 20), over: 1h, step: 10m, must: '>= 60%'""",
        ),
        """
        08:00:00 ticket.waiting ticket=t1
        08:00:00 ticket.opened ticket=t1
        08:10:00 customer.wrote ticket=t1
        08:20:00 ticket.moved ticket=t1 team=support
        08:20:02 ticket.moved ticket=t1 team=support
        08:25:00 contact.answered waited=4
        08:26:00 contact.abandoned waited=3
        08:31:00 contact.abandoned waited=30 contact=c2
        08:40:00 ticket.completed ticket=t1
        08:42:00 ticket.replied ticket=t1
        09:10:00 ticket.reopened ticket=t1
        09:15:00 ticket.moved ticket=t1 team=sales
        09:20:00 customer.wrote ticket=t1
        09:30:00 ticket.merged ticket=t2 into=t1
        10:00:00 ticket.moved ticket=t1 team=support
        until +1d 01:00:00
        """,
    ),
}
