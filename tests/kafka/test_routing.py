"""Routing's promises: each event goes where the rulebook wants it, once and nowhere else, and nothing is dropped."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from standards.compiler.spec import Source, load
from standards.judge.events import Event, iso
from standards.judge.feeds import Hearing
from standards.judge.rulebook import GRANT
from streams.ingest.wire import Reader
from streams.kafka.intake.routing import Routing, thinned
from streams.kafka.records.facts import Facts, FactsCodec, HeardAt, partition_of
from streams.kafka.records.packing import LARGEST, MOST, bounded, facts_records
from tests.streams.asking import cloud
from tests.streams.hosting import NO_WAIT, SECOND, T0

RULES = """
kept: 1
feeds:
  tills: {events: [register.opened, window.cleaned], per: [site], silent_after: 10s}
events:
  window.cleaned: {site: text, window: text, by: {type: text, optional: true}}
  nobody.cares: {site: text}
standards:
  clean-windows:
    promise: Windows are cleaned by somebody.
    what: Clean it.
    how: With water.
    why: Light.
    exceptions: Rain.
    owner: floor-lead
    aspect: quality
    per: [by]
    when: {event: window.cleaned}
    must: site != ""
  one-opening:
    promise: Registers stay open.
    what: Keep it open.
    how: Do not close it.
    why: Calm.
    exceptions: None.
    owner: floor-lead
    aspect: quality
    per: [site]
    when: {event: register.opened}
    at_most: 3
    within: 1h
"""
LOADED = load([Source("shop.yaml", NO_WAIT), Source("more.yaml", RULES)])
READER = Reader(LOADED.rulebook.classes)
BOOK = LOADED.rulebook

sites, queues = st.sampled_from(["s1", "s2", "s/3", "ż"]), st.sampled_from(["q1", "q2", "q%3"])
kinds = st.one_of(
    st.tuples(st.just("queue.length"), st.fixed_dictionaries({"site": sites, "queue": queues, "waiting": st.just(4)})),
    st.tuples(st.just("register.opened"), st.fixed_dictionaries({"site": sites, "queue": queues})),
    st.tuples(
        st.just("window.cleaned"),
        st.fixed_dictionaries({"site": sites, "window": st.just("w"), "by": st.sampled_from([None, "ann", "bob"])}),
    ),
    st.tuples(st.just("nobody.cares"), st.fixed_dictionaries({"site": sites})),
    st.tuples(st.just("feed.heartbeat"), st.fixed_dictionaries({"feed": st.just("tills"), "site": sites | st.none()})),
    st.tuples(
        st.just(GRANT),
        st.fixed_dictionaries(
            {
                "standard": st.sampled_from(["no-wait", "one-opening", "unknown"]),
                "subject": st.sampled_from(["s1/q1", "s1", "ż"]), "by": st.just("lead"), "reason": st.just("r"),
            }
        ),
    ),
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    made = draw(st.lists(st.tuples(kinds, st.integers(0, 100)), max_size=40))
    return [
        READER.one(msgspec.json.encode(cloud(kind, f"e{place}", T0 + at * SECOND, **data)))
        for place, ((kind, data), at) in enumerate(made)
    ]


def wanted(event: Event, partitions: int) -> set[int]:
    """Say which partitions an event must go to, by the rulebook alone."""
    keys = [route.key(event.data) for route in BOOK.routes.get(type(event), ())]
    if event.__struct_config__.tag == GRANT:
        keys = [key for _, key in BOOK.named(event)]
    return {partition_of(key, partitions) for key in keys if None not in key}


@given(histories(), st.integers(1, 9))
def test_each_event_goes_where_it_is_wanted(events: list[Event], partitions: int) -> None:
    """The buckets hold every (partition, event) that the rulebook requires, in arrival order, and nothing else."""
    routing = Routing(BOOK, partitions)
    for _ in range(2):  # the second time from memory
        routed = routing.route(events, T0)
        for partition, bucket in enumerate(routed.buckets):
            assert [event.id for event in bucket] == [e.id for e in events if partition in wanted(e, partitions)]


@given(histories(), st.integers(1, 9))
def test_nothing_is_dropped_untold(events: list[Event], partitions: int) -> None:
    """An event that goes nowhere was counted, or said to be of no use, or lets a feed be heard."""
    routed = Routing(BOOK, partitions).route(events, T0)
    nowhere = [event for event in events if not wanted(event, partitions)]
    said = {late.id: late.reason for late in routed.late}
    for event in nowhere:
        kind = str(event.__struct_config__.tag)
        reason = {"window.cleaned": "no-subject", GRANT: "nothing-to-excuse"}.get(kind)
        assert said.get(event.id) == reason
    assert set(said) <= {event.id for event in nowhere}
    cares = sum(event.__struct_config__.tag == "nobody.cares" for event in events)
    assert routed.unmatched == ({"nobody.cares": cares} if cares else {})


@given(histories())
def test_feeds_are_heard_as_if_each_event_told_it(events: list[Event]) -> None:
    """Who hears only what is passed on knows of each subject's feed what they would know from all events."""
    plain: dict[tuple[str, tuple[str | int, ...]], Hearing] = {}
    for event in events:
        kind = event.__struct_config__.tag
        if kind in ("register.opened", "window.cleaned", "feed.heartbeat"):
            site = getattr(event.data, "site", "")
            if site is not None:  # no subject is without its site, so nobody asks for that
                plain.setdefault(("tills", (site,)), Hearing(10 * SECOND)).hear(event.at)
    told: dict[tuple[str, tuple[str | int, ...]], Hearing] = {}
    for feed, subject, times in Routing(BOOK, 4).route(events, T0).hearings:
        for at in times:
            told.setdefault((feed, subject), Hearing(10 * SECOND)).hear(at)
    assert told == plain


times = st.lists(st.integers(0, 60), max_size=40)


@given(times, times, times, st.integers(0, 15))
def test_what_is_left_out_changes_no_hearing(before: list[int], batch: list[int], after: list[int], gap: int) -> None:
    """A hearing is the same with all times as with those that are kept, whatever was heard before and after."""
    kept = thinned(batch, gap)
    assert kept == sorted(set(kept))
    assert set(kept) <= set(batch)
    full, thin = Hearing(gap), Hearing(gap)
    for hearing, heard in ((full, batch), (thin, kept)):
        for at in (*before, *heard, *after):
            hearing.hear(at)
    assert full == thin


def a_queue(count: int) -> list[Event]:
    return [
        READER.one(msgspec.json.encode(cloud("queue.length", f"e{n}", T0 + n, site="s", queue="q", waiting=n)))
        for n in range(count)
    ]


def test_a_large_batch_comes_in_parts_that_can_be_judged_one_after_another() -> None:
    """No part is too large; hearings come with the first, and to partitions without events too."""
    codec = FactsCodec(BOOK.classes)
    whole: Facts[Event] = Facts(wall=5, hearings=[("tills", ("s",), [T0])])
    buckets: list[list[Event]] = [a_queue(2_500), []]
    records = [(place, codec.decode(raw)) for place, raw in facts_records(whole, buckets, codec.encode)]
    parts = [facts for place, facts in records if place == 0]
    assert [event.id for facts in parts for event in facts.events] == [event.id for event in buckets[0]]
    assert max(len(facts.events) for facts in parts) <= MOST
    assert [bool(facts.hearings) for facts in parts] == [True] + [False] * (len(parts) - 1)
    assert [(facts.hearings, facts.events) for place, facts in records if place == 1] == [(whole.hearings, [])]
    assert {facts.wall for _, facts in records} == {5}


@given(st.lists(st.integers(1, 3), max_size=60))
def test_however_a_batch_is_divided_each_event_keeps_its_stamp(stamps: list[int]) -> None:
    """Each event travels with its own stamp, whichever record it is in."""
    codec = FactsCodec(BOOK.classes)
    bucket = a_queue(len(stamps))
    for event, stamp in zip(bucket, stamps, strict=True):
        event.received = stamp
    large = [event for event in bucket for _ in range(40)]
    found: list[int] = []
    for _, raw in facts_records(Facts(wall=5), [large], codec.encode):
        found += [event.received for event in codec.decode(raw).events]
    assert found == [stamp for stamp in stamps for _ in range(40)]


def test_a_feed_is_not_heard_before_its_event_came() -> None:
    """A sender whose clock is fast does not keep its feed from falling silent."""
    fast = READER.one(msgspec.json.encode(cloud("register.opened", "fast", T0 + 290 * SECOND, site="s", queue="q")))
    fast.received = T0
    assert [heard for _, _, heard in Routing(BOOK, 1).route([fast], T0).hearings] == [[T0]]


def test_what_was_heard_is_divided_too() -> None:
    """However many feeds spoke in a batch, each record is small enough, and all are heard before time goes on."""
    codec = FactsCodec(BOOK.classes)
    heard: list[HeardAt] = [("tills", (f"{'s' * 500}{number}",), [T0]) for number in range(5_000)]
    whole: Facts[Event] = Facts(wall=5, hearings=heard)
    for bucket in ([], a_queue(1), a_queue(3)):
        raws = [raw for _, raw in facts_records(whole, [bucket], codec.encode)]
        assert max(map(len, raws)) <= LARGEST
        parts = [codec.decode(raw) for raw in raws]
        assert [each for facts in parts for each in facts.hearings] == heard
        assert [event.id for facts in parts for event in facts.events] == [event.id for event in bucket]
        told = next((place for place, facts in enumerate(parts) if facts.events), len(parts))
        assert not any(facts.hearings for facts in parts[told + 1 :])


@given(st.lists(st.integers(0, LARGEST // 2), max_size=30))
def test_no_record_is_too_large(sizes: list[int]) -> None:
    """Values are divided, in order, so that each record is small enough."""
    records = list(bounded([b"x" * size for size in sizes], b"".join))
    assert b"".join(records) == b"x" * sum(sizes)
    assert all(len(record) <= LARGEST for record in records)


def test_times_are_written_as_people_write_them() -> None:
    """The samples' times are what the reader reads back."""
    assert (
        READER.one(msgspec.json.encode(cloud("nobody.cares", "e", T0, site="s"))).time.isoformat()[:19] == iso(T0)[:19]
    )


def test_what_an_earlier_version_said_beside_its_events_is_no_gap() -> None:
    """Such a record has the stamps of its events beside them too; what is missing stands behind those."""
    codec = FactsCodec(BOOK.classes)
    (event,) = msgspec.msgpack.decode(codec.encode(Facts(events=a_queue(1))))[6]
    for gap in ([], [T0, T0 + SECOND]):
        raw = msgspec.msgpack.encode([T0, [], -1, 0, -1, [], [event, event], [T0, 1, T0 + 1, 1], gap])
        facts = codec.decode(raw)
        assert (facts.wall, len(facts.events), facts.gap) == (T0, 2, gap)
