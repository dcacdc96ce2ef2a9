"""Reading a practice document: text in, `Practice` out, or everything that is wrong with it, each at its place.

Read next: `practice_model.py` for the keys, `practice.py` for what comes out, `practice_lint.py` for what is doubtful.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from standards.compiler.targets.marks import goal
from standards.documents.document import Document
from standards.documents.meant import plain
from standards.documents.sections import Sections, accepted
from standards.judge.standard import SCENARIO
from standards.natural import is_among
from standards.practice.practice import WITHIN, Band, Consequence, Form, Goal, Practice, Reward, Scenario, Team
from standards.practice.practice_model import (
    BandModel,
    ConsequenceModel,
    FormModel,
    GoalModel,
    PracticeModel,
    RewardModel,
    ScenarioModel,
    TeamModel,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.compiler.spec import Source
    from standards.documents.entries import Entry
    from standards.judge.standard import Standard


def load_practice(source: Source, standards: Iterable[Standard]) -> Practice:
    """Read a practice document beside these standards. Raises SpecError with all findings."""
    document = Document(source.name, source.text)
    reading = _Reading(Sections(document, PracticeModel), standards)
    return accepted(document, reading.practice() if document.whole else None)


def teams_named(source: Source) -> frozenset[str]:
    """Give the teams that a practice document names, before the standards are read. Raises SpecError."""
    document = Document(source.name, source.text)
    sections = Sections(document, PracticeModel)
    found = frozenset(entry.name for entry, _ in sections.named("teams", TeamModel))
    return accepted(document, found if document.whole else None)


class _Reading:
    """One document. What is wrong goes to the findings of its entries."""

    def __init__(self, sections: Sections, standards: Iterable[Standard]) -> None:
        self.sections = sections
        self.standards = {standard.id: standard for standard in standards}

    def practice(self) -> Practice:
        named = self.sections.named
        self.sections.check_top()
        return Practice(
            teams={e.name: Team(m.lead, m.site or "") for e, m in named("teams", TeamModel)},
            forms={e.name: self._form(e, m) for e, m in named("forms", FormModel)},
            rewards={e.name: self._reward(e, m) for e, m in named("rewards", RewardModel)},
            scenarios={e.name: self._scenario(e, m) for e, m in named("scenarios", ScenarioModel)},
            goals={e.name: self._goal(e, m) for e, m in named("goals", GoalModel)},
            consequences={e.name: self._consequence(e, m) for e, m in named("consequences", ConsequenceModel)},
        )

    def _form(self, entry: Entry, model: FormModel) -> Form:
        _check_statements(entry.at("statements"), model.statements)
        if model.bands:
            _check_bands(entry.at("bands"), model.bands, len(model.statements))
        elif model.kind == "self" and not entry.has("bands"):
            found = f"{entry.name} has no 'bands', so whoever looks at their own work is told nothing of it"
            entry.error("missing-key", found, "add bands: with what is said from how many on", key=True)
        bands = (Band(band.from_, band.says, band.offer or "") for band in model.bands)
        return Form(model.kind, tuple(model.statements), tuple(bands))

    def _reward(self, entry: Entry, model: RewardModel) -> Reward:
        every = (each.id for each in self.standards.values() if each.aspect != "follow-through")
        standards = tuple(every) if model.for_ is None else self._named(entry.at("for"), model.for_)
        return Reward(model.title, model.value, standards)

    def _scenario(self, entry: Entry, model: ScenarioModel) -> Scenario:
        excuses = self._named(entry.at("excuses"), model.excuses)
        role = f"{SCENARIO}{entry.name}"
        for index, name in enumerate(excuses):
            standard = self.standards.get(name)
            if standard is not None and not is_among(role, standard.may_excuse):
                found = f"{name} does not let {role} excuse it"
                fix = f"write may_excuse: [{', '.join((*standard.may_excuse, role))}] in {name}"
                entry.at("excuses", index).error("scenario-may-not", found, fix)
        within = entry.at("within").duration(model.within)
        return Scenario(model.when, tuple(model.do), model.up_to, excuses, WITHIN if within is None else within)

    def _goal(self, entry: Entry, model: GoalModel) -> Goal:
        teams = self.sections.of("teams")
        if model.team not in teams:
            entry.at("team").unknown("team", model.team, teams)
        self._check_standard(entry.at("standard"), model.standard)
        share = entry.at("kept").attempt("wrong-value", partial(goal, model.kept))
        beside = self._named(entry.at("beside"), model.beside)
        if model.standard in beside:
            fix = "name another one, or leave it out"
            entry.at("beside", beside.index(model.standard)).error("wrong-value", "a goal is not beside itself", fix)
        return Goal(model.team, model.standard, float(share or 0), model.over, beside)

    def _consequence(self, entry: Entry, model: ConsequenceModel) -> Consequence:
        self._check_standard(entry, entry.name, key=True)
        for index, step in enumerate(model.steps):
            if step in model.steps[:index]:
                entry.at("steps", index).error("wrong-value", f"{step} is among the steps already", "leave it out")
        return Consequence(model.says, tuple(model.steps))

    def _named(self, entry: Entry, names: Sequence[str]) -> tuple[str, ...]:
        """Give the standards that a list names, each of which has to be there."""
        for index, name in enumerate(names):
            self._check_standard(entry.at(index), name)
        return tuple(names)

    def _check_standard(self, entry: Entry, name: str, *, key: bool = False) -> None:
        if name not in self.standards:
            entry.unknown("standard", name, self.standards, key=key)


def _check_statements(entry: Entry, statements: Sequence[str]) -> None:
    """Report statements that say what another one says: they would count twice."""
    first: dict[str, int] = {}
    for index, statement in enumerate(statements):
        before = first.setdefault(plain(statement) or statement, index)
        if before != index:
            found = f"statement {index + 1} is statement {before + 1} again, so it counts twice"
            entry.at(index).error("duplicate-statement", found, "remove one of the two, or ask something else")


def _check_bands(entry: Entry, bands: Sequence[BandModel], most: int) -> None:
    """Report bands that nobody can be in, and a number of true statements that is in none."""
    for index, band in enumerate(bands):
        if band.from_ > most:
            found = f"the form has {most} {'statement' if most == 1 else 'statements'}, so nobody reaches {band.from_}"
            entry.at(index, "from").error("bad-bands", found, f"write {most} or less")
    for index, (higher, band) in enumerate(pairwise(bands), start=1):
        if band.from_ >= higher.from_:
            found = f"the band before begins at {higher.from_}, so nobody comes to this one"
            entry.at(index, "from").error("bad-bands", found, "write the bands from the highest to 0")
    lowest = min(band.from_ for band in bands)
    if lowest > 0:
        found = f"whoever finds fewer than {lowest} true is in no band"
        entry.at(len(bands) - 1, "from").error("bad-bands", found, "let the last band begin at 0")
