"""How long a response has: by the event that opens it, as docs/semantics.md tells it.

Read `watch.py` first.
"""

from typing import Any

from tests.oracle.language import choose
from tests.oracle.watch import Event, Owed, Watch


class Targets(Watch):
    """What each promise was given."""

    def owes_nothing(self, event: Event) -> bool:
        return choose(self.standard["within"], event["data"]) == "none"

    def hours(self, promise: Owed) -> str:
        return self.hours_of(self.chosen("calendar", promise)) if "calendar" in self.standard else ""

    def chosen(self, key: str, promise: Owed) -> str:
        assert promise.opening
        given: str | dict[str, Any] = self.standard[key]
        return choose(given, promise.opening["data"])
