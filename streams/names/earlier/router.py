"""What routers and throttles remember, and messages that wait, with references in the place of names.

They name people under names of their own, call routes by whom they tell, and write whole sentences: in these a name is
replaced wherever it stands as a whole, whoever's it is.
Read next: `alerts/routing/incident.py`, `alerts/routing/waiting.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from streams.names.earlier.replacing import Place, Replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from alerts.policy.policy import People

PEOPLE: Final = frozenset({
    "told", "acknowledged", "passed_by", "passed_to", "holders", "giver", "lapsed", "cleared", "by", "to",
    "holder", "offered", "others_have",
})  # fmt: skip
"""The fields of routers, throttles and messages that name people."""
_SENTENCES: Final = frozenset({"text", "english", "where", "places", "held", "fact"})
"""The fields of a message in which a sentence, or a place, is written."""
_ROUTES: Final = frozenset({"route", "routes", "steps", "matters"})
_NAMED: Final = frozenset({"open", "settling", "swings", "dark", "went"})
"""The fields whose names are made of a route and values."""


class RouterReplacing(Replacing):
    """Puts references into what routers, throttles and messages hold; `former` and `now` are the same policy."""

    former: People | None = None
    now: People | None = None

    def by_policy(self, former: People | None, now: People | None) -> None:
        """Hear of the policy with names, and with references."""
        self.former, self.now = former, now
        pairs = zip(former.routes, now.routes, strict=True) if former and now else ()
        self._routes = {old.name: new.name for old, new in pairs}
        self._grouped = {route.name: route.group_by for route in (former.routes if former else ())}

    def value(self, key: Any, value: Any, found: dict[Any, Any], here: Place) -> Any:  # noqa: ANN401 - as it is there
        """Give the value of a field."""
        if key == "called" and "kind$" in found:
            return self.person(value) if found["kind$"] == "person" else self.said(value)
        if key == "case" and found.get("kind$") == "person":
            return {**self.walk(value, here), "name": self.person(value["name"])}
        if key in PEOPLE and not (key == "by" and self._says_a_role(found)):
            return self._people(value)
        if key == "addresses" and isinstance(value, dict):
            return dict.fromkeys(value, "")  # they are looked up as something is sent
        if key in _SENTENCES and "kind" in found and "promise" in found:
            return self._prose(value, found)
        if key in _ROUTES:
            return self._routed(key, value, here)
        if key in _NAMED and isinstance(value, dict):
            return {self._named(name): self.walk(each, here) for name, each in value.items()}
        return self._of_one(key, value, found, here)

    def _of_one(self, key: Any, value: Any, found: dict[Any, Any], here: Place) -> Any:  # noqa: ANN401 - as it is there
        """Give the value of a field of an incident, a silence or a message."""
        if key == "passed_note":
            return self.text(value, "passed-note", value)
        if key == "group" and "line" in found:
            persons = set(self._persons_of(found["line"]))
            return [self.person(each) if each in persons else self.said(each) for each in value]
        if key == "terms":
            return [[name, [self._term(name, each) for each in values]] for name, values in value]
        if key == "id" and found.get("to"):
            return self._message(value, found["to"])
        if key == "seen" and "sent" in found:
            return {self._message(name, found["name"]): at for name, at in value.items()}
        return super().value(key, value, found, here)

    def _message(self, name: str, to: str) -> str:
        """Give the id of a message, which has in it whom it is to."""
        return ":".join(self.person(part) if part == to else self.said(part) for part in name.split(":"))

    def _term(self, name: str, value: str) -> str:
        if name in self.every.persons:
            return self.person(value)
        return self.subject("", value) if name == "subject" else value

    def _says_a_role(self, found: Mapping[Any, Any]) -> bool:
        marks = self.marked.get(str(found.get("type")))
        return marks is not None and "by" not in marks.persons

    def _people(self, value: Any) -> Any:  # noqa: ANN401 - one, or several, or how many have each
        match value:
            case str():
                return self.person(value)
            case list():
                return [self.person(each) for each in value]
            case dict():
                return {self.person(name): each for name, each in value.items()}
            case _:
                return value

    def _routed(self, key: str, value: Any, here: Place) -> Any:  # noqa: ANN401 - a route, or what each has
        if isinstance(value, str):
            return self._route(value)
        if key == "matters":
            return {self.said(promise): self._routed("routes", each, here) for promise, each in value.items()}
        return {self._route(name): self.walk(each, here) for name, each in value.items()}

    def _route(self, name: str) -> str:
        """Give the name of a route; one of an earlier policy may be called by whom it told, too."""
        if name in self._routes:
            return self._routes[name]
        said, colon, told = name.rpartition(": ")
        return said + colon + ", ".join(self._names.find(each) or each for each in told.split(", "))

    def _named(self, name: str) -> str:
        """Give a name that is made of a route and either a standard and a subject, or the values of a group."""
        try:
            route, *rest = msgspec.json.decode(name, type=list[str])
        except msgspec.DecodeError:
            return self.said(name)
        if len(rest) == 2 and rest[0] in self._per:  # noqa: PLR2004 - a standard and a subject
            rest = [rest[0], self.subject(*rest)]
        else:
            by = self._grouped.get(route, ())
            named = [field in self.every.persons for field in by] if len(by) == len(rest) else [False] * len(rest)
            rest = [self.person(each) if one else self.said(each) for one, each in zip(named, rest, strict=True)]
        return msgspec.json.encode([self._route(route), *rest]).decode()

    def _persons_of(self, line: Mapping[str, Any]) -> Iterator[str]:
        fields = line.get("fields", {})
        yield from (value for name, value in fields.items() if name in self.every.persons and isinstance(value, str))

    def _prose(self, value: Any, found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a sentence, or several
        """Put references into sentences: of whom the message is about, and of all whom the policy names."""
        names = {name for name in self._persons_of(found) if name.strip()}
        if self.former is not None:
            names |= self.former.people.keys() - self.former.teams.keys()
        names |= set(found.get("others_have", ()))
        for name in names:
            self.person(name)
        if self._wanted is not None or not names:
            return value
        whole = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        pattern = re.compile(rf"(?<![\w~])(?:{whole})(?!\w)")

        def said(text: str) -> str:
            return pattern.sub(lambda name: self.person(name[0]), text)

        return said(value) if isinstance(value, str) else [said(each) for each in value]
