"""What an author likely meant by a key or a value that the form does not have: words of other tools, forms cut short.

Read next: `entries.py`, which asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from standards.calendar.hours import did_you_mean
from standards.documents.declared_model import CalendarModel, FeedModel
from standards.documents.model import BetweenModel, ClauseModel, DocumentModel, ObjectiveModel, StandardModel, keys_of
from standards.documents.slips import in_quotes, unspaced

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from standards.documents.document import Value

ALL_KEYS: Final = frozenset(
    key
    for model in (DocumentModel, StandardModel, CalendarModel, FeedModel, ClauseModel, BetweenModel, ObjectiveModel)
    for key in keys_of(model)
)
"""Every key of a standards document."""
_OTHER_WORDS: Final = {
    "and": "given", "if": "when where", "trigger": "when", "on": "when", "opens": "when", "start": "when",
    "then": "expect", "must_follow": "expect", "fulfilled_by": "expect", "kept_by": "expect", "done": "expect",
    "deadline": "within", "sla": "within", "time": "within", "in": "within", "max": "within", "limit": "within",
    "condition": "where", "filter": "where", "when": "given", "type": "event", "cancel": "unless", "void": "unless",
    "group_by": "per", "by": "per", "subject": "per", "for_each": "per", "business_hours": "calendar",
    "hours": "calendar", "description": "promise", "text": "promise", "title": "promise", "name": "promise",
    "goal": "objective", "target": "objective", "priority": "severity", "except": "exceptions",
    "category": "aspect", "remind": "warn", "warning": "warn", "alert": "warn", "tz": "timezone", "zone": "timezone",
    "days": "hours", "open": "hours", "closed": "holidays", "responsible": "owner", "team": "owner",
}  # fmt: skip
_WHOLE: Final = {
    "objective": "write {{kept: {0}, over: 28d}}", "pause": "write {{when: EVENT, until: EVENT}}",
}  # fmt: skip
_WITH_VALUES: Final = frozenset({"hours", "fields", "with", "data", "objective", "table", "columns"})
"""Keys under which each name has a value of its own."""
_CONDITION: Final = re.compile(r"(?P<event>[a-z][\w-]*(?:\.[\w-]+)+),?\s+(?:(?:where|if|when|with)\s+)?(?P<where>.+)")
_EVENT: Final = re.compile(r"[a-z][\w-]*(?:\.[\w-]+)+")
_BETWEEN_EVENTS: Final = re.compile(r"\s*[,;|]\s*|\s+or\s+|\s+")
_COMPARES: Final = re.compile(r"[<>=]")
_ENDS_IN_DIGIT: Final = re.compile(r".*?(?P<whole>[0-9]+)$", re.DOTALL)


def word_meant(key: str, known: Collection[str]) -> str:
    """Give the key that was likely meant by a word of another tool; empty where none is."""
    words = _OTHER_WORDS.get(key.casefold().replace(" ", "_").replace("-", "_"), "").split()
    return next((word for word in words if word in known), "")


def key_meant(key: str, known: Collection[str]) -> str:
    """Say which key was likely meant, or which there are."""
    word = word_meant(key, known)
    if word:
        return f"did you mean {word!r}?"
    return did_you_mean(key, known) or f"the keys here are: {', '.join(known)}"


def whole_meant(key: str, value: object) -> str:
    """Say how a value is written out where only a part of it, or its text, was given; empty where that is not known."""
    form = _WHOLE.get(key)
    return form.format(value) if form is not None and isinstance(value, str | int | float) else ""


def clause_meant(text: str, events: Iterable[str]) -> str:
    """Say how several events, an event with a condition, or a condition alone is written; empty for another text."""
    several = _BETWEEN_EVENTS.split(text)
    if len(several) > 1 and all(_EVENT.fullmatch(event) for event in several):
        return f"write [{', '.join(several)}]"
    found = _CONDITION.fullmatch(text)
    if found is not None and found["event"] in events:
        where = found["where"]
        return f"write {{event: {found['event']}, where: {in_quotes(where) if re.search(r'[,:{}]', where) else where}}}"
    return f"write {{event: EVENT, where: {text}}}" if _COMPARES.search(text) else ""


def names_in_braces(key: str, data: dict[str, Value], source: str) -> str:
    """Say what was meant by braces around names alone, `{site, queue}`; empty where the braces have values too."""
    if key in _WITH_VALUES or not data or not source.startswith("{"):
        return ""
    if any(value is not None for value in data.values()):
        return ""
    return f"[{', '.join(data)}]" if len(data) > 1 else next(iter(data))


def after_comma(key: str, before: tuple[str, Value] | None, known: Collection[str]) -> tuple[str, str] | None:
    """Say what a key without a value is, where it is the rest of the text before it; `before` is what stands there.

    In braces a comma ends a text, so that `{where: waiting > 3,5}` has a key 5. Gives what was found and the fix.
    """
    name, text = before or ("", None)
    if not isinstance(text, str) or key in known or unspaced(key):
        return None
    whole = _ENDS_IN_DIGIT.fullmatch(text)
    if key[:1].isdigit() and whole is not None:
        return f"{name} ends at the comma of {whole['whole']},{key}", f"write {name}: {text}.{key}"
    both = f"{text}, {key}"
    if name == "event" and _EVENT.fullmatch(key):
        return f"{name} ends at the comma in front of {key!r}", f"write {name}: [{both}]"
    return f"{name} ends at the comma in front of {key!r}", f"write {name}: {in_quotes(both)}"


def plain(text: str) -> str:
    """Give a text without what two spellings of it differ in: case, blanks and signs."""
    return re.sub(r"[\W_]+", "", text.casefold())
