"""Cases of a live host, judged again where an event comes late, and stored and restored however a test likes.

Knows: how to feed cases with stamped events. Must not know: how they are stored.
"""

from hypothesis import strategies as st

from standards.judge.case import Case
from standards.judge.events import Event, Tick, moment
from standards.judge.judge import Fact, feed
from standards.judge.promise import Transition
from standards.judge.rulebook import Key, Rulebook
from streams.runtime.group_state import GroupState
from tests.history import events_of, rulebook, rules, told

SETTLE = 60_000_000
BOOK = rulebook(
    rules(
        answer="per: contact, when: contact.waiting, expect: contact.answered, within: 20s, forget_after: 1d",
        twice="per: contact, when: contact.waiting, at_most: 2, within: 1m, forget_after: 1d",
        mean="per: contact, when: contact.answered, measure: mean(waited), over: 1m, must: '<= 30', forget_after: 1d",
    )
)
(GROUP,) = BOOK.groups
FIRST = 1_772_438_400_000_000
KINDS = ("contact.waiting", "contact.answered waited=40", "contact.answered waited=5")

Steps = list[tuple[int, int, int, str]]
GAPS, DELAYS = [0, 1, 5, 20, 90, 400, 90_000], [0, 0, 0, 1, 10, 50, 200]
STEPS: st.SearchStrategy[Steps] = st.lists(
    st.tuples(st.sampled_from(GAPS), st.integers(0, 2), st.sampled_from(DELAYS), st.sampled_from("ab")),
    min_size=1,
    max_size=60,
)
"""What happens: so many seconds after the step before comes an event of a kind, so many late, of a subject."""


class Live:
    """The cases of one group, as a live host has them. `low` is how far time has come."""

    def __init__(self, book: Rulebook = BOOK) -> None:
        self.book = book
        self.group_state = GroupState(book.groups[GROUP])
        self.low = -1
        self.settled_early = 0
        self.unused: list[str] = []

    @property
    def cases(self) -> dict[Key, Case[Event]]:
        return self.group_state.cases

    def restore(self, cases: list[Case[Event]]) -> None:
        """Go on with stored cases in place of those that there are."""
        self.group_state = GroupState(self.book.groups[GROUP])
        for case in cases:
            self.group_state.put(case)

    def step(self, number: int, now: int, kind: int, late: int, subject: str) -> list[Transition[Event]]:
        """Let an event come at `now`, `late` seconds after it happened, and time reach two seconds before, for all."""
        event = happened(self.book, f"08:00 {KINDS[kind]} contact={subject} id={number}", now - late * 1_000_000, now)
        facts: dict[Key, list[Fact]] = {key: [] for key in self.cases}
        facts[subject,] = [Tick(self.low), event] if event.at <= self.low else [event]
        self.low = max(self.low, now - 2_000_000)
        return [line for key in sorted(facts) for line in self._judge(key, facts[key])]

    def wait(self, now: int) -> list[Transition[Event]]:
        """Let time go on to two seconds before an instant."""
        self.low = max(self.low, now - 2_000_000)
        return [line for key in sorted(self.cases) for line in self._judge(key, [])]

    def _judge(self, key: Key, facts: list[Fact]) -> list[Transition[Event]]:
        step = feed(self.cases.get(key) or Case(GROUP, key), [*facts, Tick(self.low)], self.book, SETTLE)
        self.unused += [each.reason for each in step.unused]
        self.settled_early += step.settled_early
        if step.case is None:
            self.cases.pop(key, None)
        else:
            self.cases[key] = step.case
        for line in step.transitions:
            line.promise.identify(line.standard.id, key)
        return step.transitions


def happened(book: Rulebook, line: str, at: int, received: int) -> Event:
    """Make an event of a history's line that happened at an instant and was received at another one."""
    (event,) = events_of(line, book)
    event.at, event.received, event.time = at, received, moment(at)
    return event


def lines(transitions: list[Transition[Event]]) -> list[str]:
    """Tell lines with all that a ledger has of them."""
    return [
        f"{line} {one.id} known {one.known} due {one.due} elapsed {one.elapsed} {one.before}>{one.after} "
        f"{one.replaces} {one.replaced_by}"
        for one, line in zip(transitions, told(transitions), strict=True)
    ]
