"""Small changes to the rules: which there are, where they are, and that each changes one thing and nothing else."""

from standards.compiler.spec import Source, load
from standards.documents.document import Document
from standards.documents.excerpt import canonical
from standards.stories.mutation import changes

SHOP = """kept: 1
calendars:
  {trading: {timezone: Europe/Warsaw, hours: {mon-fri: 08:00-16:00}}, warsaw: {timezone: Europe/Warsaw}}
standards:
  no-wait:
    promise: You never wait long.
    owner: floor-lead
    may_excuse: [floor-lead, shift-lead]
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3 and not site == "x"}
    expect: register.opened
    within: 60s
    calendar: trading
    unless: {event: queue.length, where: waiting <= 3}
    pause: {when: register.closed, until: {event: queue.length, where: waiting > 9}}
    warn: [50%, 15s before]
  content:
    promise: You leave content.
    owner: floor-lead
    per: [site]
    when: survey.answered
    measure: share(score <= 2)
    over: 50 events
    must: <= 6%
    at_least: 25
  half-hours:
    promise: Every half hour is well.
    may_excuse: []
    per: [site]
    when: survey.answered
    measure: mean(score)
    over: 30m
    calendar: warsaw
    must: ">= 4.0"
  once:
    promise: You are passed on once at most.
    may_excuse: []
    per: [contact]
    when: transfer.completed
    at_most: 1
    until: contact.closed
  weekly:
    promise: We meet weekly.
    may_excuse: []
    per: [team]
    expect: meeting.held
    every: week
  briefed:
    promise: Whoever takes over is briefed.
    may_excuse: []
    per: [contact]
    when: {event: transfer.completed, where: briefed}
    expect: contact.answered
    within: 1m
  chosen:
    promise: We answer you, by phone or chat.
    may_excuse: []
    per: [contact]
    when: {event: contact.waiting, where: 'channel in ["phone", "chat"]'}
    expect: {event: contact.answered, where: 'channel not in ["mail"]'}
    within: 1w
    reopen: edge
  open-half-hours:
    promise: Every half hour that we are there is well.
    may_excuse: []
    per: [site]
    when: survey.answered
    measure: mean(score)
    over: 30m
    calendar: trading
    must: ">= 4.0"
  rolling:
    promise: It is well all the time.
    may_excuse: []
    per: [site]
    when: survey.answered
    measure: mean(score)
    over: 30m
    step: 10m
    must: ">= 4.0"
  fortnightly:
    promise: We meet each fortnight.
    may_excuse: []
    per: [team]
    expect: meeting.held
    every: 2w
    calendar: trading
"""
WHERE = 'waiting > 3 and not site == "x"'


def found(standard: str) -> list[tuple[int, str]]:
    document = Document("shop.yaml", SHOP)
    return [(change.place.line, change.words) for change in changes(document) if change.of == standard]


def test_a_response_can_be_changed_in_all_these_ways() -> None:
    """Numbers, comparisons, and/or/not, the deadline, what stops or ends it, each warning, and who may excuse it."""
    assert found("no-wait") == [
        (10, f"`{WHERE}` becomes `{WHERE.replace('>', '>=')}`"),
        (10, f"`{WHERE}` becomes `{WHERE.replace('3', '2')}`"),
        (10, f"`{WHERE}` becomes `{WHERE.replace('3', '4')}`"),
        (10, f"`{WHERE}` becomes `{WHERE.replace('and', 'or')}`"),
        (10, f"`{WHERE}` becomes `{WHERE.replace('not ', '')}`"),
        (10, f"`{WHERE}` becomes `{WHERE.replace('==', '!=')}`"),
        (14, "`waiting <= 3` becomes `waiting < 3`"),
        (14, "`waiting <= 3` becomes `waiting <= 2`"),
        (14, "`waiting <= 3` becomes `waiting <= 4`"),
        (15, "`waiting > 9` becomes `waiting >= 9`"),
        (15, "`waiting > 9` becomes `waiting > 8`"),
        (15, "`waiting > 9` becomes `waiting > 10`"),
        (12, "`within: 60s` is a second shorter"),
        (12, "`within: 60s` is a second longer"),
        (14, "unless is left out"),
        (15, "pause is left out"),
        (13, "calendar is left out"),
        (16, "the warning `50%` is left out"),
        (16, "the warning `15s before` is left out"),
        (8, "floor-lead may not excuse any more"),
        (8, "shift-lead may not excuse any more"),
    ]


def test_a_condition_of_one_field_is_left_out() -> None:
    """It has no number and no sign to change; where there is one, whoever notices its edge would notice this too."""
    assert found("briefed") == [
        (52, "`where: briefed` is left out"),
        (54, "`within: 1m` is a second shorter"),
        (54, "`within: 1m` is a second longer"),
    ]


def test_a_level_can_be_changed_in_all_these_ways() -> None:
    """Numbers go up and down by their last digit, windows and samples by one; the owner excuses."""
    assert found("content") == [
        (24, "`<= 6%` becomes `< 6%`"),
        (24, "`<= 6%` becomes `<= 5%`"),
        (24, "`<= 6%` becomes `<= 7%`"),
        (22, "`share(score <= 2)` becomes `share(score < 2)`"),
        (22, "`share(score <= 2)` becomes `share(score <= 1)`"),
        (22, "`share(score <= 2)` becomes `share(score <= 3)`"),
        (25, "`at_least: 25` becomes `at_least: 24`"),
        (25, "`at_least: 25` becomes `at_least: 26`"),
        (23, "`over: 50 events` becomes `over: 49 events`"),
        (23, "`over: 50 events` becomes `over: 51 events`"),
        (19, "floor-lead may not excuse any more"),
    ]


def test_what_would_change_nothing_is_no_change() -> None:
    """Half hours begin alike in every zone; a week has no second more; where nobody may excuse, nobody is left out."""
    assert [words for _, words in found("half-hours")] == [
        "`>= 4.0` becomes `> 4.0`",
        "`>= 4.0` becomes `>= 3.9`",
        "`>= 4.0` becomes `>= 4.1`",
    ]
    assert [words for _, words in found("once")] == [
        "`at_most: 1` becomes `at_most: 0`",
        "`at_most: 1` becomes `at_most: 2`",
        "until is left out",
    ]
    assert found("weekly") == []


def test_hours_and_days_of_a_calendar_are_changed_as_they_count() -> None:
    """A window keeps to hours, so leaving them out is a change; two weeks by the wall are a day more or less."""
    assert "calendar is left out" in [words for _, words in found("open-half-hours")]
    assert [words for _, words in found("fortnightly")] == [
        "`every: 2w` is a day shorter",
        "`every: 2w` is a day longer",
        "calendar is left out",
    ]


def test_a_window_that_rolls_is_a_step_longer_or_shorter() -> None:
    """Without a step it would stand still."""
    assert [words for _, words in found("rolling")][-3:] == [
        "`over: 30m` is a step shorter",
        "`over: 30m` is a step longer",
        "step is left out",
    ]


def test_choices_can_be_changed() -> None:
    """Each of a list is left out but the last one; `in` and `not in` change places. `reopen: edge` is so anyway."""
    conditions = [words.partition(" becomes ")[2] for line, words in found("chosen") if "channel" in words]
    assert conditions == [
        '`channel not in ["phone", "chat"]`',
        '`channel in ["chat"]`',
        '`channel in ["phone"]`',
        '`channel in ["mail"]`',
    ]
    assert not any("reopen" in words for _, words in found("chosen"))


def test_a_change_changes_one_standard_and_nothing_else() -> None:
    """Every other standard keeps its revision, and one that is changed has another."""
    document = Document("shop.yaml", SHOP)
    before = {it.id: it.revision for it in load([Source("shop.yaml", canonical(document.data))]).standards}
    assert before == {it.id: it.revision for it in load([Source("shop.yaml", SHOP)]).standards}
    count = 0
    for change in changes(document):
        after = {it.id: it.revision for it in load([Source("shop.yaml", change.applied(document))]).standards}
        assert [name for name in before if before[name] != after[name]] == [change.of], change.words
        count += 1
    assert count == len({(change.path, str(change.value)) for change in changes(document)}) > 30


CHOSEN = """kept: 1
events:
  job.asked: {job: text, rank: text?, by: time?}
  job.ranked: {job: text, rank: text?}
  job.done: {job: text}
calendars: {desk: {timezone: UTC, hours: {mon-fri: "08:00-16:00"}}}
standards:
  it:
    promise: It is done.
    may_excuse: []
    per: [job]
    when: job.asked
    expect: job.done
    due: by
    within: {by: rank, high: 2h, odd: none, low: 2 working days, else: end of working day}
    calendar: desk
    follow: {event: job.ranked, where: rank != "x"}
"""


def test_what_is_chosen_can_be_changed_in_all_these_ways() -> None:
    """Each time a little, each number of days by one, each value left out, and what is named and followed too."""
    document = Document("rules.yaml", CHOSEN)
    made = [change.words for change in changes(document)]
    assert [words for words in made if "where" not in words and "rank !=" not in words] == [
        "`high: 2h` is a second shorter", "`high: 2h` is a second longer", "`high: 2h` is left out of within",
        "`odd: none` is left out of within",
        "`low: 2 working days` becomes `1 working day`", "`low: 2 working days` becomes `3 working days`",
        "`low: 2 working days` is left out of within",
        "`else: end of working day` becomes `end of next working day`",
        "due is left out", "follow is left out", "calendar is left out",
    ]  # fmt: skip
    for change in changes(document):
        if change.path[-1] != "calendar":  # working days are those of a calendar
            load([Source("rules.yaml", change.applied(document))])


SEVERAL = """kept: 1
calendars: {desk: {timezone: UTC, hours: {mon-fri: "08:00-16:00"}}}
standards:
  it:
    promise: It is done.
    may_excuse: []
    per: [ticket]
    when: {event: [ticket.opened, ticket.reopened]}
    expect: ticket.completed
    within: 2h
    calendar: {by: team, north: always, else: desk}
    unless: [{event: ticket.moved, where: team == "x", for: 5m}, ticket.merged]
"""


def test_each_of_several_clauses_and_events_can_be_changed() -> None:
    """Each goes once, conditions and lengths within them change, and a choice of calendars can be left out."""
    document = Document("rules.yaml", SEVERAL)
    assert [change.words for change in changes(document)] == [
        "`ticket.opened` is left out of when.event", "`ticket.reopened` is left out of when.event",
        '`team == "x"` becomes `team != "x"`',
        "`ticket.moved` is left out of unless", "`ticket.merged` is left out of unless",
        "`within: 2h` is a second shorter", "`within: 2h` is a second longer",
        "`for: 5m` is a second shorter", "`for: 5m` is a second longer",
        "unless is left out", "calendar is left out",
    ]  # fmt: skip
    for change in changes(document):
        load([Source("rules.yaml", change.applied(document))])
