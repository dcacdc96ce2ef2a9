"""What must have been so for a while (`for`), as docs/language.md tells it, beside what any response does.

Read `scoped.py` first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.oracle import scoped
from tests.oracle.language import span
from tests.oracle.responses import Response
from tests.oracle.scoped import Scoped
from tests.oracle.watch import Clause, Event, Owed, Ring, Watch, clauses, is_so, types_of

ENDING = ("expect", "unless")
Runs = dict[tuple[str, int], "Run"]
"""How long each clause has been so, by its key and its place under it."""


@dataclass(eq=False)
class Run:
    """A clause has been so since an event, and nothing has cut it."""

    clause: Clause
    since: int
    last: Event
    lasted: bool = False
    dark: bool = False
    known: bool = False
    """It had lasted at the event before this one."""

    @property
    def end(self) -> int:
        return self.since + span(self.clause["for"])


class Lasting(Scoped):
    """A response with `for`."""

    def forget(self) -> None:
        super().forget()
        self.runs: Runs = {}
        self.completing = False

    def event(self, event: Event) -> None:
        self._follow(self.runs, ("when",), event, None)
        for owed in self._all_owed():
            self._follow(owed.runs, ENDING, event, owed.opening)
        super().event(event)

    def _all_owed(self) -> list[Owed]:
        """Give what `expect` and `unless` can end, now or when it is taken back, each once."""
        more = (self.waits, self.excused, self.need)
        return list(dict.fromkeys([*self.owed(), *(owed for owed in more if owed)]))

    def _follow(self, runs: Runs, names: tuple[str, ...], event: Event, opening: Event | None) -> None:
        """Begin, go on or cut each run that the event is about."""
        for name in names:
            for place, one in enumerate(self.clauses(name)):
                if "for" not in one or event["type"] not in types_of(one):
                    continue
                run = runs.get((name, place))
                if not is_so(one, event, opening):
                    runs.pop((name, place), None)
                elif run is None:
                    runs[name, place] = Run(one, event["time"], event)
                else:
                    run.last, run.known, run.lasted = event, run.lasted, run.lasted or run.dark

    def holding(self, name: str, event: Event, opening: Event | None = None) -> list[int]:
        found = super().holding(name, event, opening)
        return self._lasting("when", found, self.runs) if name == "when" else found

    def _lasting(self, name: str, places: list[int], runs: Runs) -> list[int]:
        wanted = self.clauses(name)
        return [it for it in places if "for" not in wanted[it] or ((name, it) in runs and runs[name, it].lasted)]

    def says(self, event: Event) -> frozenset[Any]:
        """Give what says that it is so: a type or, of what must have lasted, the place of the clause."""
        wanted = self.clauses("when")
        return frozenset(it if "for" in wanted[it] else event["type"] for it in self.holding("when", event))

    def rises(self, event: Event) -> bool:
        known = {place for (_, place), run in self.runs.items() if run.known}
        return any(one not in (self.held if isinstance(one, str) else known) for one in self.says(event))

    def held_after(self, event: Event) -> frozenset[Any]:
        lasted = {place for (_, place), run in self.runs.items() if run.lasted}
        return frozenset(one for one in super().held_after(event) if isinstance(one, str) or one in lasted)

    def ends(self, name: str, event: Event, owed: Owed) -> bool:
        return bool(self._lasting(name, self.holding(name, event, owed.opening), owed.runs))

    def rings(self) -> Iterator[Ring]:
        for owed in self._all_owed():
            for name in ENDING:
                for (key, _), run in owed.runs.items():
                    if key == name and not run.lasted and not run.dark:
                        yield run.end, partial(self._ended, owed, name, run)
        for run in self.runs.values():
            if not run.lasted and not run.dark:
                yield run.end, self._begun
        yield from super().rings()

    def _complete(self, run: Run, at: int) -> bool:
        """Say at its end whether it lasted: in the dark nobody knows."""
        run.dark = self.is_dark(at, self.feeds_of(set(types_of(run.clause))))
        run.lasted = not run.dark
        return run.lasted

    def _ended(self, owed: Owed, name: str, run: Run, at: int) -> None:
        if not self._complete(run, at):
            return
        if owed in self.overdue():
            self.late(owed, at) if name == "expect" else self._end(owed, "ended", at)
        elif owed in self.open():
            self._keep(owed, at) if name == "expect" else owed.say("voided", at, "void")
        self.waits, self.excused, self.need = (
            None if need is owed else need for need in (self.waits, self.excused, self.need)
        )

    def _begun(self, at: int) -> None:
        """Let what lasted open a promise: several clauses of one event are one."""
        ending = [run for run in self.runs.values() if run.end == at and not run.lasted and not run.dark]
        lasted = [run.last for run in ending if self._complete(run, at)]
        self.completing = True  # that is no event, so none that another clause counts
        for last in sorted({one["id"]: one for one in lasted}.values(), key=lambda one: one["time"]):
            self.see_in_scope({**last, "time": at}, back=False)
        self.completing = False

    def _counts(self, event: Event) -> bool:
        return self.completing or super()._counts(event)


def watch_class(standard: dict[str, Any]) -> type[Watch]:
    """Tell the shape by its keys; a response with `for` is one that knows of it."""
    wanted = [one for name in ("when", *ENDING) for one in clauses(standard.get(name, []))]
    found = scoped.watch_class(standard)
    return Lasting if issubclass(found, Response) and any("for" in one for one in wanted) else found
