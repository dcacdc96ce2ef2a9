"""A mapping drafted of the head of a file: the events its columns may make, and the questions that are left.

The draft is a text for a person to read on; each guess of which nothing in the file is proof has a question.
Read next: `head.py` and `column_guess.py`, which say what there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from streams.drafting.column_guess import Column, first, guessed
from streams.drafting.event_words import CONTACT, ORDER, STATES, TICKET
from streams.drafting.head import Head, named_like
from streams.drafting.written import quoted, whole, written
from streams.ingest.columns import default_name

_CLOCKS: Final = {5: "%H:%M", 8: "%H:%M:%S"}


class Draft(NamedTuple):
    """A mapping as text, and what a person has to see to."""

    text: str
    questions: list[str]


class _Made(NamedTuple):
    """One event of the draft: its lines under `- event:`."""

    event: str
    lines: list[str]


def draft(path: str, head: Head) -> Draft:
    """Draft a mapping for a file."""
    return _Drafting(path, head).put_together()


class _Drafting:
    def __init__(self, path: str, head: Head) -> None:
        self._path, self._head = path, head
        self._columns = [guessed(name, cells) for name, cells in head.columns.items()]
        self._times = [each for each in self._columns if each.kind == "time" and "due" not in each.means]
        self._date = next((each for each in self._columns if each.kind == "date"), None)
        self._clocks = [each for each in self._columns if each.kind == "clock"] if self._date is not None else []
        self._cells = head.columns
        self._as: dict[str, str] = {}
        self.questions: list[str] = []

    def put_together(self) -> Draft:
        """Put the draft together."""
        made = self._events()
        table, per = self._table(), self._per
        lines = [
            f"# A draft for {self._path}, made of its first rows. Read it before you use it.",
            *(f"# {each}" for each in self._head.remarks),
            *(f"# ? {number}. {each}" for number, each in enumerate(self.questions, 1)),
            "kept: 1",
            "table:",
            *(f"  {key}: {written(value)}" for key, value in table.items()),
            *([f"  per: [{', '.join(map(quoted, per))}]"] if per else []),
            *(["columns:"] if self._as else []),
            *(f"  {quoted(name)}: {{as: {short}}}" for name, short in self._as.items()),
            "events:",
        ]
        for each in made:
            lines += [f"  - event: {each.event}", *(f"    {line}" for line in each.lines)]
        lines += self._unused(made)
        return Draft("\n".join(lines) + "\n", self.questions)

    @property
    def _per(self) -> list[str]:
        thing = self._thing()
        repeated = thing is not None and thing.distinct < thing.filled
        return [thing.name] if thing is not None and repeated and self._domain() in ("ticket", "contact") else []

    def _table(self) -> dict[str, object]:
        keys: dict[str, object] = dict(self._head.keys)
        local = [each for each in (*self._times, *([self._date] if self._date else [])) if not each.has_offset]
        if local:
            keys["zone"] = "Europe/Warsaw"
            self.questions.append("zone: where does the clock stand that wrote the times? Europe/Warsaw is a guess.")
        language = next(
            (each.language for each in (*self._times, self._date) if each is not None and each.language), ""
        )
        if language:
            keys["language"] = language
        for each in (*self._times, self._date):
            if each is not None and each.unsure:
                self.questions.append(f"{each.name}: is the day before the month? Nothing in the first rows shows it.")
        keys["source"] = named_like(self._path)
        return keys

    def _domain(self) -> str:
        score = first(self._columns, "score", "number")
        if score is not None and score.means[0] == "score":
            return "survey"
        count = first(self._columns, "waiting_count", "number")
        if count is not None and len(self._times) + len(self._clocks) <= 1:
            return "reading"
        named = {each.means[0] for each in self._columns if each.means}
        return "ticket" if "ticket" in named or "opened" in named else "contact"

    def _thing(self) -> Column | None:
        wanted = [each for each in self._columns if each.kind in ("text", "number", "state")]
        order = ("ticket", "contact", "id") if self._domain() == "ticket" else ("contact", "id", "ticket")
        named = (found for name in order if (found := first(wanted, name)) is not None and found.distinct > 1)
        if self._head.has_header:
            return next(named, None)
        likely = [each for each in wanted if each.kind != "state" and 1 < each.distinct < each.filled]
        return max(likely, key=lambda each: each.filled, default=None)

    def _events(self) -> list[_Made]:
        domain = self._domain()
        if domain == "survey":
            return [self._survey()]
        if domain == "reading":
            return [self._reading()]
        state = self._log_state()
        made = self._within(domain)
        made = made or list(self._of_states(domain, state) if state is not None else self._of_times(domain))
        if not made:
            self.questions.append("events: no column could be told for what happens; which event is a row?")
            made = [
                _Made(
                    f"{domain}.{'opened' if domain == 'ticket' else 'waiting'}",
                    [*self._any_time(), *self._fields(domain)],
                )
            ]
        return sorted(made, key=lambda each: ORDER.index(each.event) if each.event in ORDER else len(ORDER))

    def _within(self, domain: str) -> list[_Made]:
        """Make events of what happened to a record, where that is a list within it: its changes, its parts."""
        levels = self._levels[1:] if len(self._levels) > 1 else self._levels
        inside = [each for each in self._columns if each.name.partition(".")[0] in levels]
        time = next((each for each in inside if each.kind == "time"), None)
        state = first([each for each in inside if each.kind == "state"], "state")
        if time is None or state is None:
            return []
        outside = [each for each in self._times if each not in inside]
        kind = next((each for each in inside if each.kind in ("state", "text") and "status" in each.states), None)
        only = "" if kind is None or kind is state else f'{self._called(kind, "kind")} == "status" and '
        made = list(self._of_states(domain, state, only, self._time(time)))
        for column in outside:
            event = next((TICKET[each] for each in column.means if each in TICKET), "") if domain == "ticket" else ""
            if event and event not in {each.event for each in made}:
                thing = self._thing()
                once = [] if thing is None else [f'id: "{{{thing.name}}}-{event.rpartition(".")[2]}"']
                made.append(_Made(event, [*self._time(column), *once, *self._fields(domain)]))
        return made

    @property
    def _levels(self) -> list[str]:
        each = self._head.keys.get("each")
        return list(each) if isinstance(each, dict) else []

    def _log_state(self) -> Column | None:
        """Find the column of what happened, where a row is one thing that did."""
        thing = self._thing()
        states = [each for each in self._columns if each.kind == "state" and each.distinct > 1]
        state = first(states, "state") if self._head.has_header else max(states, key=self._known_states, default=None)
        repeated = thing is not None and thing.distinct < 0.8 * thing.filled
        return state if state is not None and repeated and len(self._times) + len(self._clocks) == 1 else None

    def _known_states(self, column: Column) -> int:
        words = [word for named in STATES.values() for word in named.values()]
        return sum(1 for state in column.states if any(re.search(word, state.lower()) for word in words))

    def _of_states(self, domain: str, state: Column, only: str = "", time: Sequence[str] = ()) -> Iterator[_Made]:
        short = self._called(state, "what" if default_name(state.name) in ("", "event") else default_name(state.name))
        left = []
        for value in state.states:
            bare = value.lower()
            event = next((name for name, words in STATES[domain].items() if re.search(words, bare)), None)
            if event is None:
                left.append(value)
                continue
            condition = f"{only}{short} == {json.dumps(value, ensure_ascii=False)}"
            fields = self._fields(event.partition(".")[0])
            yield _Made(event, [f"when: {whole(condition)}", *(time or self._any_time()), *fields])
        if left:
            said = ", ".join(map(repr, left[:8])) + (", ..." if len(left) > 8 else "")  # noqa: PLR2004 - a line of them
            self.questions.append(f"{state.name}: is any of these something that happens to a {domain}? {said}")

    def _of_times(self, domain: str) -> Iterator[_Made]:
        known, taken = (TICKET if domain == "ticket" else CONTACT), set()
        for column in (*self._times, *self._clocks):
            meant = next((each for each in column.means if each in known), None)
            event = known.get(meant or "")
            if event is None or event in taken:
                continue
            taken.add(event)
            yield _Made(event, [*self._time(column), *self._fields(domain, event)])
        state = first(self._columns, "state", "state")
        if taken and state is not None and state.distinct > 1:
            said = ", ".join(map(repr, state.states[:8]))
            self.questions.append(f"{state.name}: does it say which rows an event is of? Write when: for those. {said}")

    def _unused(self, made: Sequence[_Made]) -> list[str]:
        """Name the columns of times that became no event."""
        text = "\n".join(line for each in made for line in each.lines if line.startswith("time:"))
        left = [each.name for each in (*self._times, *self._clocks) if quoted(each.name) not in text]
        return [f"# Times that became no event: {', '.join(left)}."] if left else []

    def _any_time(self) -> list[str]:
        column = next(iter((*self._times, *self._clocks)), None)
        if column is None and self._date is not None:
            column = self._date
        if column is None:
            self.questions.append("time: no column of times was found; which one says when it happened?")
            return [f"time: {quoted(next(iter(self._cells), 'time'))}"]
        return self._time(column)

    def _time(self, column: Column) -> list[str]:
        if column.kind == "clock" and self._date is not None:
            sample = next((cell for cell in self._cells[column.name] if cell), "")
            clock = _CLOCKS.get(len(sample.zfill(len(sample) + (len(sample) in (4, 7)))), "%H:%M:%S")
            form = f"{(self._date.formats or ('%Y-%m-%d',))[0]} {clock}"
            before = self._clocks[0]
            follows = "" if before is column else f", after: [{quoted(self._date.name)}, {quoted(before.name)}]"
            names = f"[{quoted(self._date.name)}, {quoted(column.name)}]"
            none = sorted({cell for cell in self._cells[column.name] if cell and not cell.strip("0:")})
            if none and column is not before:
                follows += f", missing: {quoted(none[0])}"
            return [f"time: {{column: {names}, format: {quoted(form)}{follows}}}"]
        if not column.formats:
            return [f"time: {quoted(column.name)}"]
        forms = column.formats
        form = quoted(forms[0]) if len(forms) == 1 else f"[{', '.join(map(quoted, forms))}]"
        return [f"time: {{column: {quoted(column.name)}, format: {form}}}"]

    def _called(self, column: Column, short: str) -> str:
        name = short if re.fullmatch(r"[a-z][a-z0-9_]*", short) and short not in ("and", "or", "not", "in") else "state"
        self._as[column.name] = name
        return name

    def _fields(self, domain: str, event: str = "") -> list[str]:
        thing = self._thing()
        key = "ticket" if domain == "ticket" else "contact"
        if thing is None:
            question = f"{key}: no column says which one a row is about; each row is one of its own."
            if question not in self.questions:
                self.questions.append(question)
        found = {key: '{text: "row-{#row}"}' if thing is None else quoted(thing.name)}
        used = {thing.name} if thing is not None else set()
        wanted = ["team"] if domain == "transfer" else ["team", "agent", "customer"]
        wanted += ["site", "queue"] if domain == "contact" else []
        for name in wanted:
            column = first([each for each in self._columns if each.name not in used], name, "state", "text")
            if column is not None:
                found[name] = quoted(column.name)
                used.add(column.name)
        waited = first(self._columns, "waited", "number", "span")
        if waited is not None and event in ("contact.answered", "contact.abandoned"):
            found["waited"] = quoted(waited.name)
        return [f"fields: {{{', '.join(f'{name}: {value}' for name, value in found.items())}}}"]

    def _survey(self) -> _Made:
        score = first(self._columns, "score", "number")
        thing = self._thing()
        found = {
            "contact": '{text: "row-{#row}"}' if thing is None else quoted(thing.name),
            "score": quoted(score.name) if score is not None else "score",
        }
        for name in ("team", "site"):
            if (column := first(self._columns, name, "state", "text")) is not None:
                found[name] = quoted(column.name)
        self.questions.append("score: from what to what does it go? A standard on it says: mean(score) >= 4.")
        fields = ", ".join(f"{name}: {value}" for name, value in found.items())
        return _Made("survey.answered", [*self._any_time(), f"fields: {{{fields}}}"])

    def _reading(self) -> _Made:
        count = first(self._columns, "waiting_count", "number")
        found = {"waiting": quoted(count.name) if count is not None else "waiting"}
        for name, other in (("site", "s1"), ("queue", "q1")):
            texts = [each for each in self._columns if each.kind in ("state", "text")]
            column = first(texts, name) or (first(texts, "team") if name == "queue" else self._named(texts))
            found[name] = quoted(column.name) if column is not None else f"{{value: {other}}}"
            if column is None:
                self.questions.append(f"{name}: no column says which; {other} is a guess.")
        fields = ", ".join(f"{name}: {value}" for name, value in found.items())
        return _Made("queue.length", [*self._any_time(), f"fields: {{{fields}}}"])

    def _named(self, texts: Sequence[Column]) -> Column | None:
        """Find a column that is called name, and nothing else."""
        return next((each for each in texts if default_name(each.name) in ("name", "nazwa", "ort", "place")), None)
