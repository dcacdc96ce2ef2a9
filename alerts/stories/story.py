"""Stories of who is told: the sections of a story about people and machines, read, and held against what was told.

Read next: `standards/stories/story.py` for the rest of a story, `story_model.py` for the keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, get_args

import msgspec

from alerts.policy.policy import MACHINES
from alerts.routing.notice import Notice, Reason, Withheld
from alerts.stories.machines import ExpectedAlert
from alerts.stories.story_model import ALERT_KINDS, NOBODY, AlertModel, NoticeModel, PostedModel, WithheldModel
from standards.calendar.hours import did_you_mean
from standards.judge.promise import Kind
from standards.stories.story import at_of, entries_of, promise_name
from standards.stories.story_clock import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.policy.policy import People
    from standards.compiler.spec import Loaded
    from standards.documents.entries import Entry
    from standards.stories.story import Story

SECTIONS = ("notices", "withheld", *MACHINES)
REASONS: tuple[str, ...] = get_args(Reason)

Model = TypeVar("Model", NoticeModel, WithheldModel, AlertModel, PostedModel)


class ExpectedNotice(msgspec.Struct, frozen=True):
    """A message that is expected. What is None or empty is not looked at; `at` is microseconds UTC."""

    at: int
    to: str | None = None
    says: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    kind: Kind | None = None
    promises: int | None = None
    digest: bool | None = None

    def fits(self, notice: Notice, names: Mapping[str, str], at: int) -> bool:
        """Say whether a message is this one; `names` are the promises' by their ids, `at` when it was told."""
        text = notice.text.casefold()
        spoken_for = {names.get(promise, promise) for promise in notice.speaks_for}
        return (
            same(self.at, at)
            and self.to in (None, notice.to)
            and self.kind in (None, notice.kind)
            and self.promises in (None, len(notice.speaks_for))
            and self.digest in (None, is_digest(notice))
            and spoken_for.issuperset(self.about)
            and all(words.casefold() in text for words in self.says)
        )


class ExpectedWithheld(msgspec.Struct, frozen=True):
    """A message that is expected not to be sent. What is None is not looked at."""

    at: int
    reason: Reason
    to: str | None = None
    about: str | None = None
    kind: Kind | None = None

    def fits(self, withheld: Withheld, name: str, kind: str) -> bool:
        """Say whether a message that was not sent is this one; `name` is its promise's, `kind` its line's."""
        return (
            same(self.at, withheld.at)
            and self.reason == withheld.reason
            and self.to in (None, withheld.to or NOBODY)
            and self.about in (None, name)
            and self.kind in (None, kind)
        )


class Telling(msgspec.Struct, frozen=True):
    """Who is to be told in a story, and who not, and what machines are; None where that is not looked at."""

    notices: tuple[ExpectedNotice, ...] | None = None
    withheld: tuple[ExpectedWithheld, ...] | None = None
    alertmanager: tuple[ExpectedAlert, ...] | None = None
    webhook: tuple[ExpectedNotice, ...] | None = None

    @property
    def until(self) -> int:
        """The last instant that it speaks of, or -1."""
        sections = (self.notices, self.withheld, self.alertmanager, self.webhook)
        return max([each.at for section in sections for each in section or ()], default=-1)

    @property
    def channels(self) -> tuple[str, ...]:
        """Those that are set up in the story beside people's: both machines, where it looks at one of them."""
        return () if self.alertmanager is None and self.webhook is None else MACHINES


def is_digest(notice: Notice) -> bool:
    """Say whether a message is a digest, by its id."""
    return notice.id.startswith("digest:")


def read_telling(story: Story, loaded: Loaded, policies: Sequence[People]) -> Telling:
    """Read the sections of a story that are about notices. What is wrong goes to the document's findings.

    `policies` are those that are in force in it, one after the other.
    """
    reading, given = _Reading(story, loaded, policies), story.apart
    notices = tuple(reading.notice(*part) for part in reading.listed("notices", NoticeModel))
    withheld = tuple(each for part in reading.listed("withheld", WithheldModel) for each in reading.withheld(*part))
    alerts = tuple(each for part in reading.listed("alertmanager", AlertModel) for each in reading.alerts(*part))
    posted = tuple(reading.posted(*part) for part in reading.listed("webhook", PostedModel))
    for each in story.expect or ():
        if each.reason is not None and each.reason not in REASONS:
            fix = did_you_mean(each.reason, REASONS) or f"write one of: {', '.join(REASONS)}"
            place = story.entry.at("expect", each.entry, "reason")
            place.error("unknown-reason", f"there is no reason {each.reason!r}", fix)
    if "withheld" in given and not policies:
        found = "without a policy nothing is withheld from anybody"
        fix = "name a policy among the standards; why a line is not told without one, its reason: in expect says"
        story.entry.at("withheld").error("no-policy", found, fix, key=True)
    return Telling(
        notices if "notices" in given else None,
        withheld if "withheld" in given and policies else None,
        alerts if "alertmanager" in given else None,
        posted if "webhook" in given else None,
    )


class _Reading:
    """The sections of one story."""

    def __init__(self, story: Story, loaded: Loaded, policies: Sequence[People]) -> None:
        self.story = story
        self.loaded = loaded
        self.known = {name for people in policies for name in people.people}

    def listed(self, key: str, model: type[Model]) -> Iterator[tuple[Entry, Model, int]]:
        """Give the entries of a section with their times."""
        at = self.story.clock.start
        for entry, found, _ in entries_of(self.story.entry.at(key), model, self.story.apart.get(key, [])):
            at = at if found.at is None else at_of(entry, "at", found.at, self.story.clock)
            yield entry, found, at

    def notice(self, entry: Entry, model: NoticeModel, at: int) -> ExpectedNotice:
        if model.to in MACHINES:
            fix = f"write what it is told into a section of its own, {model.to}:"
            entry.at("to").error("wrong-value", f"{model.to} is not a person: notices are for people", fix)
        else:
            self._person(entry, model.to)
        posted = self.posted(entry, model, at)
        return msgspec.structs.replace(posted, to=model.to, promises=model.promises, digest=model.digest)

    def posted(self, entry: Entry, model: PostedModel, at: int) -> ExpectedNotice:
        about = tuple(promise_name(entry.at("about"), text, self.loaded) or "" for text in model.about)
        return ExpectedNotice(at, says=tuple(model.says), about=about, kind=model.kind)

    def alerts(self, entry: Entry, model: AlertModel, at: int) -> Iterator[ExpectedAlert]:
        kinds = [kind for kind in ALERT_KINDS if getattr(model, kind) is not None]
        if len(kinds) != 1:
            found = f"this has {' and '.join(kinds)}" if kinds else "nothing says what the alert does"
            entry.error("bad-step", found, f"write exactly one of {', '.join(ALERT_KINDS)} in each entry")
            return
        labels = {name: str(value) for name, value in model.labels.items()}
        for text in getattr(model, kinds[0]):
            name = promise_name(entry.at(kinds[0]), text, self.loaded)
            if name is not None:
                yield ExpectedAlert(at, kinds[0], name, labels)

    def withheld(self, entry: Entry, model: WithheldModel, at: int) -> Iterator[ExpectedWithheld]:
        if model.to != NOBODY:
            self._person(entry, model.to)
        about = None if model.about is None else promise_name(entry.at("about"), model.about, self.loaded)
        for _ in range(model.times):
            yield ExpectedWithheld(at, model.reason, model.to, about, model.kind)

    def _person(self, entry: Entry, name: str | None) -> None:
        """See that somebody is in a policy."""
        known = self.known
        if name is None or name in known:
            return
        if not known:
            fix = "leave to: out, or name a policy among the standards"
            entry.at("to").error("no-policy", "without a policy everything is told to everybody", fix)
            return
        fix = did_you_mean(name, known) or f"name one of: {', '.join(sorted(known))}"
        entry.at("to").error("unknown-person", f"there is no person or room {name!r}", fix)
