"""Random documents and histories.

Fields have small domains and times are multiples of half of the shortest promise, so that everything that can happen
at one instant does. A `Scale` says how time runs: in seconds, over the hours of a weekend on which the clocks change,
or in days, over which subjects are forgotten.

Knows: what is valid in a document. Must not know: verdicts.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from standards.judge.events import iso
from tests.oracle import tables
from tests.oracle.changes import CHANGED
from tests.oracle.drawn import BEFORE, DRAWN, READINGS, TYPES, WITH_Z, Document, Draw, clauses, states
from tests.oracle.opening_hours import local
from tests.oracle.scales import CALENDARS, DAYS, HOURS, NEW_HOURS, SECOND, SECONDS, Scale

LATENESS = SECOND
REMEMBERED = 600 * SECOND
"""How far behind the newest event a repeat is still known, in microseconds."""

FIELDS = {"site": "text", "queue": "text", "n": "integer", "ok": "boolean", "x": "integer?", "t": "time?"}
KEYS = (("queue", ("a", "b")), ("site", ("s", "t")), ("n", ("0", "1", "2", "3")), ("x", ("0", "1", "2", "3")))
"""The keys of tables, and their values."""
ENDINGS = ("fulfilled_late", "ended", "given_up")
SHAPES = tuple(one for one in DRAWN if one not in {"tabled", "changed"})
"""The shapes of documents that are one text: a table is a file beside it."""
LEAD, STRANGER = "lead", "stranger"

History = list[dict[str, Any]]


def standard(draw: Draw, shape: str, scale: Scale) -> Document:
    found = {"promise": "You will not wait.", "owner": LEAD, "carry": [], **DRAWN[shape](draw, scale)}
    found["per"] = draw(st.sampled_from((["queue"], ["queue"], ["site", "queue"], ["site"], [])))
    timed = {"every", "measure"} & found.keys() or ("expect" in found and "within_last" not in found)
    if scale.calendar and timed and draw(st.integers(0, 3)):
        found.setdefault("calendar", "trading")
    if scale.forget_after:
        found["forget_after"] = draw(st.sampled_from(scale.forget_after))
    return found


def document(standards: dict[str, Document], **more: Document) -> Document:
    events = {one: FIELDS | ({"z": "integer"} if one in WITH_Z else {}) for one in (*TYPES, "clock.struck")}
    return {"kept": 1, "events": events, "readings": list(READINGS), **more, "standards": standards}


@st.composite
def documents(draw: Draw, shape: str, scale: Scale) -> Document:
    """Draw a document with one standard."""
    one = standard(draw, shape, scale)
    more: Document = {}
    if any(column in str(one) for column, _ in tables.LOOKED_UP):
        key, values = draw(st.sampled_from(KEYS))
        more["tables"] = {tables.NAME: tables.table(draw, key, values)}
    more |= _states(draw, [one])
    if {"calendar", "during"} & one.keys():
        more["calendars"] = {name: draw(st.sampled_from(CALENDARS)) for name in ("trading", "other")}
        if shape == "changed":
            more["calendars"] = {name: one | {"may_change": [LEAD]} for name, one in more["calendars"].items()}
        calendar: Document = more["calendars"]["trading"]
        if "hours" not in more["calendars"]["other"]:
            one.pop("during", None)  # nothing is out of such hours
        apart = "hours" in calendar and calendar["timezone"] == "Europe/Warsaw"  # the other's shifts overlap
        if "step" in one and "hours" in calendar and not apart:
            del one["step"]
            one["over"] = "1h"
        elif "over" in one and "step" not in one and apart and draw(st.booleans()):
            one["over"] = "shift"
        elif "every" in one and "calendar" in one and apart and draw(st.booleans()):
            one["every"] = "shift"
            one["warn"] = draw(st.sampled_from(BEFORE))
    if scale is SECONDS and draw(st.booleans()):
        more["feeds"] = _feeds(draw, [one])
    return document({"first": one}, **more)


def _states(draw: Draw, standards: list[Document]) -> Document:
    named = any(isinstance(one.get(key), str) for one in standards for key in ("pause", "while"))
    return {"states": states(draw)} if named else {}


def _feeds(draw: Draw, standards: list[Document]) -> Document:
    shared = [name for name in ("site", "queue") if all(name in one["per"] for one in standards)]
    choices: tuple[list[str], ...] = ([], shared, shared[:1])
    per = draw(st.sampled_from(choices))
    events = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True))
    return {"line": {"events": events, "per": per, "silent_after": draw(st.sampled_from(("1s", "2s", "5s")))}}


@st.composite
def mixed_documents(draw: Draw) -> Document:
    """Draw a document of several standards, some of which hear what the others promised."""
    scale = SECONDS
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    lower = [standard(draw, shape, scale) for shape in shapes]
    upper = [_listener(draw, "first", lower[0]) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()) and upper:
        upper.append(_listener(draw, "fourth", upper[0]))
    ids = ("first", "second", "third")[: len(lower)] + ("fourth", "fifth", "sixth")[: len(upper)]
    more = {"feeds": _feeds(draw, [*lower, *upper])} if draw(st.booleans()) else {}
    more |= _states(draw, lower)
    return document(dict(zip(ids, [*lower, *upper], strict=True)), **more)


def _listener(draw: Draw, heard: str, below: Document) -> Document:
    kind = draw(
        st.sampled_from(("opened", "warned", "kept", "broken", "voided", "excused", "lost", "paused", *ENDINGS))
    )
    promise = {"event": f"promise.{kind}", "where": f'standard == "{heard}"'}
    broken = {"event": "promise.broken", "where": f'standard == "{heard}"'}
    ordinary = clauses(draw)
    within = draw(st.sampled_from(SECONDS.spans))
    most = draw(st.integers(0, 2))
    shape = draw(
        st.sampled_from(
            (
                {"when": promise, "expect": ordinary, "within": within},
                {"when": promise, "expect": broken, "within": within, "again": "each"},
                {"when": ordinary, "expect": promise, "within": within, "unless": broken},
                {"when": ordinary, "expect": promise, "within_last": within},
                {"when": promise, "at_most": most, "within": within},
                {"when": promise, "at_most": most, "until": ordinary},
                {"expect": promise, "every": within},
                {"when": promise, "measure": "count()", "over": "5s", "must": f"<= {most}"},
            )
        )
    )
    return {"promise": "You will hear of it.", "owner": LEAD, "per": below["per"], **shape}


def _event(place: int, kind: str, time: int, data: Document) -> Document:
    return {"id": f"e{place}", "source": "shop", "type": kind, "time": time, "data": data}


@st.composite
def _data(draw: Draw, kind: str) -> Document:
    site, queue = draw(st.sampled_from((("s", "a"), ("s", "a"), ("s", "b"), ("t", "a"))))
    found: Document = {"site": site, "queue": queue, "n": draw(st.integers(0, 3)), "ok": draw(st.booleans())}
    if draw(st.booleans()):
        found["x"] = draw(st.integers(0, 3))
    if kind in WITH_Z:
        found["z"] = draw(st.integers(0, 2))
    return found


def _grant(draw: Draw, standards: Document) -> Document:
    name = draw(st.sampled_from(sorted(standards)))
    site_and_queue = draw(st.sampled_from((("s", "a"), ("s", "b"), ("t", "a"))))
    bound = dict(zip(("site", "queue"), site_and_queue, strict=True))
    subject = "/".join(bound[field] for field in standards[name]["per"])
    return {"standard": name, "subject": subject, "by": draw(st.sampled_from((LEAD, LEAD, STRANGER))), "reason": "rain"}


def _clauses_of(about: Document) -> str:
    return str([about["standards"], about.get("states")]).replace("'", '"')


@st.composite
def histories(draw: Draw, about: Document, scale: Scale, *, grants: bool = True) -> History:
    """Draw a history in the order of its times, with grants, and perhaps with silence at its end."""
    named = {kind for kind in TYPES if f'"{kind}"' in _clauses_of(about)} or set(TYPES)
    kinds = st.sampled_from([*sorted(named), *sorted(named), "clock.struck", *(["exception.granted"] * grants)])
    time, fewest = draw(st.sampled_from(scale.starts)), 8 if "'for'" in str(about["standards"]) else 1
    events = []
    steps = st.lists(st.tuples(st.integers(0, 6), kinds), min_size=fewest, max_size=24)
    for place, (gap, kind) in enumerate(draw(steps)):
        time += (0, 0, 1, 1, 2, 3, 8)[gap] * scale.step
        data = _grant(draw, about["standards"]) if kind == "exception.granted" else draw(_data(kind))
        if "'due'" in str(about["standards"]) and kind in TYPES and draw(st.booleans()):
            data["t"] = iso(time + draw(st.integers(-2, 12)) * scale.step)
        events.append(_event(place, kind, time, data))
    if silence := draw(st.integers(0, 20)):
        events.append(_event(len(events), "clock.struck", time + silence * scale.step, draw(_data("clock.struck"))))
    return events


@st.composite
def changes(draw: Draw, about: Document, history: History) -> History:
    """Let days of calendars be changed among the events of a history."""
    first, last = history[0]["time"] - 4 * HOURS.step, history[-1]["time"]
    found: History = []
    for place in range(draw(st.integers(0, 5))):
        time = first + draw(st.integers(0, (last - first) // HOURS.step)) * HOURS.step
        day = local("Europe/Warsaw", draw(st.sampled_from((time, first, last)))).date()
        day += timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 1, 2, 3, -1, -2, 500))))
        data = {"calendar": draw(st.sampled_from(("trading", "trading", "other", "none"))), "date": day.isoformat()}
        data["by"] = draw(st.sampled_from((LEAD, LEAD, LEAD, STRANGER)))
        opens = draw(st.sampled_from(NEW_HOURS))
        found.append(_event(1000 + place, CHANGED, time, data | ({"open": opens} if opens else {})))
    return sorted(draw(st.permutations([*found, *history])), key=lambda event: event["time"])


@st.composite
def arrivals(draw: Draw, history: History) -> History:
    """Let a history arrive: events up to `LATENESS` late, and some of them twice."""
    delays = draw(
        st.lists(st.sampled_from((0, 0, LATENESS // 2, LATENESS)), min_size=len(history), max_size=len(history))
    )
    order = sorted(range(len(history)), key=lambda i: history[i]["time"] + delays[i])
    arrived = [history[i] for i in order]
    for place in sorted(draw(st.lists(st.integers(0, len(arrived) - 1), max_size=4)), reverse=True):
        again = draw(st.integers(place + 1, min(place + 5, len(arrived))))
        newest = max(event["time"] for event in arrived[:again])
        if newest - arrived[place]["time"] <= REMEMBERED:
            arrived.insert(again, arrived[place])
    return arrived


@st.composite
def cases(draw: Draw, shape: str) -> tuple[Document, History]:
    """Draw a document of one shape, or `mixed`, and a history as it arrived."""
    if shape == "changed":
        about = draw(documents(shape, HOURS))
        return about, draw(arrivals(draw(changes(about, draw(histories(about, HOURS))))))
    scale = SECONDS if shape == "mixed" else draw(st.sampled_from((SECONDS, SECONDS, HOURS, DAYS)))
    about = draw(mixed_documents() if shape == "mixed" else documents(shape, scale))
    return about, draw(arrivals(draw(histories(about, scale))))
