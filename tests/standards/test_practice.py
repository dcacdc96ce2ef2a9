"""The practice document: all that is wrong with it is said at once, each at its place, with what would mend it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from standards.compiler.spec import Source
from standards.documents.document import Document
from standards.documents.entries import Entry
from standards.errors import Finding, SpecError
from standards.practice.practice import Band, Consequence, Form, Goal, Practice, Reward, Scenario, Team
from standards.practice.practice_document import load_practice
from standards.practice.practice_lint import check_practice
from tests.standards.practising import STANDARDS, WHOLE


def practice(text: str) -> Practice:
    return load_practice(Source("practice.yaml", text), STANDARDS)


def found_in(text: str) -> list[Finding]:
    with pytest.raises(SpecError) as caught:
        practice(text)
    return caught.value.findings


def doubts(text: str, teams: frozenset[str] | None = None) -> list[Finding]:
    """Give what is doubtful in a sound document."""
    document = Document("practice.yaml", text)
    check_practice(practice(text), STANDARDS, Entry(document, (), document.findings), teams)
    return document.findings


def pointed_at(text: str, finding: Finding) -> str:
    """Give what stands where a finding points."""
    place = finding.place
    return text.splitlines()[place.line - 1][place.column - 1 : place.column - 1 + place.length]


def test_everything_that_can_be_said_is_read() -> None:
    """Every key of the document comes to what it says, and what may be left out has a meaning."""
    bands = (Band(3, "Delighting."), Band(2, "Nearly."), Band(0, "Talk to a coach?", "coaching"))
    assert practice(WHOLE) == Practice(
        teams={"north": Team("floor-lead", "s1"), "south": Team("floor-lead")},
        forms={
            "delight": Form("self", ("I look up first.", "I say the name.", "I keep my word."), bands),
            "nine": Form("review", ("Was the greeting warm?",)),
        },
        rewards={
            "first-pick": Reward("First pick of shifts", 0, ("no-wait", "no-long-line", "never-brusque")),
            "voucher": Reward("A voucher", 12.5, ("no-wait", "never-brusque")),
        },
        scenarios={
            "till-outage": Scenario("A till goes dark.", ("Say sorry.", "Offer a drink."), 5, ("no-wait",)),
            "rain": Scenario("It pours.", ("Lend an umbrella.",)),
        },
        goals={"lines": Goal("north", "no-wait", 0.95, "day", ("never-brusque",))},
        consequences={
            "no-wait": Consequence("We talk about it that day.", ("debrief", "coaching")),
            "never-brusque": Consequence("We talk.", ("talk",)),
        },
    )
    assert doubts(WHOLE, frozenset({"north", "south"})) == []


def form(bands: str, statements: str = "[One., Two., Three.]", kind: str = "self") -> str:
    return f"forms: {{quiz: {{kind: {kind}, statements: {statements}{f', bands: {bands}' if bands else ''}}}}}"


def scenario(keys: str) -> str:
    return f"scenarios: {{rain: {{when: It pours., {keys}}}}}"


def goal(keys: str) -> str:
    return f"teams: {{north: {{lead: floor-lead}}}}\ngoals: {{lines: {{{keys}}}}}"


WRONG = [
    ("kept: 2\nforms: {}", "wrong-value", "2", "only version 1 of this form is known", "begin it with kept: 1"),
    ("form: {}\nforms: {}", "unknown-key", "form", "'form' is not a valid key here", "did you mean 'forms'?"),
    ("forms: [a]", "wrong-type", "[", "forms must be a mapping", "write each name on a line of its own"),
    ("forms: {Quiz: {kind: review, statements: [One.]}}", "bad-name", "Quiz", "'Quiz' is not a valid name", "quiz"),
    ("teams: {north: {site: s1}}\nforms: {}", "missing-key", "north", "north has no 'lead'", "add lead:"),
    ("teams: {north: }\nforms: {}", "empty-value", "north", "north has no value", "give it one, or remove the key"),
    (form("", kind="selv"), "unknown-value", "selv", "kind cannot be 'selv'", "did you mean 'self'?"),
    (form(""), "missing-key", "quiz", "quiz has no 'bands'", "add bands:"),
    (form("[{from: 0, says: Well.}]", "[]"), "wrong-value", "[", "statements is a list", "at least 1 item"),
    (form("[{from: 0, says: Well.}]", "[I smile., I see., i  smile]"), "duplicate-statement", "i  smile",
     "statement 3 is statement 1 again, so it counts twice", "remove one of the two"),
    (form("[]"), "wrong-value", "[", "bands is a list", "at least 1 item"),
    (form("[{from: 4, says: A.}, {from: 0, says: B.}]"), "bad-bands", "4",
     "the form has 3 statements, so nobody reaches 4", "write 3 or less"),
    (form("[{from: 2, says: A.}, {from: 2, says: B.}, {from: 0, says: C.}]"), "bad-bands", "2",
     "the band before begins at 2, so nobody comes to this one", "from the highest to 0"),
    (form("[{from: 0, says: A.}, {from: 3, says: B.}]"), "bad-bands", "3", "the band before begins at 0", "highest"),
    (form("[{from: 3, says: A.}, {from: 1, says: B.}]"), "bad-bands", "1",
     "whoever finds fewer than 1 true is in no band", "let the last band begin at 0"),
    (form("[{from: 1, says: A.}]", kind="review"), "bad-bands", "1", "fewer than 1", "begin at 0"),
    (form("[{from: -1, says: A.}]"), "wrong-value", "-1", "from is -1", "greater than or equal to 0"),
    (form("[{from: 0, says: A., offer: dismissal}]"), "unknown-value", "dismissal", "offer cannot be 'dismissal'",
     "coaching"),
    ("rewards: {cup: {title: A cup, value: -1}}", "wrong-value", "-1", "value is -1", "greater than or equal to 0"),
    ("rewards: {cup: {title: A cup, value: much}}", "wrong-value", "much", "value is 'much'", "number"),
    ("rewards: {cup: {title: A cup, value: 5, for: []}}", "wrong-value", "[", "for is a list", "at least 1 item"),
    ("rewards: {cup: {title: A cup, value: 5, for: [never-brusque, no-wiat]}}", "unknown-standard", "no-wiat",
     "there is no standard 'no-wiat'", "did you mean 'no-wait'?"),
    (scenario("do: Dance., up_to: -0.5"), "wrong-value", "-0.5", "up_to is -0.5", "greater than or equal to 0"),
    (scenario("do: []"), "wrong-value", "[", "do is a list", "at least 1 item"),
    (scenario("do: Dance., excuses: no-wait"), "scenario-may-not", "no-wait",
     "no-wait does not let scenario/rain excuse it",
     "write may_excuse: [floor-lead, scenario/till-outage, scenario/rain] in no-wait"),
    (scenario("do: Dance., excuses: [no-wiat]"), "unknown-standard", "no-wiat", "'no-wiat'", "'no-wait'"),
    (goal("team: nort, standard: never-brusque, kept: 95%, over: day"), "unknown-team", "nort",
     "there is no team 'nort'", "did you mean 'north'?"),
    (goal("team: north, standard: never-brusk, kept: 95%, over: day"), "unknown-standard", "never-brusk",
     "there is no standard 'never-brusk'", "did you mean 'never-brusque'?"),
    (goal("team: north, standard: never-brusque, kept: 95%, over: day, beside: [polite]"), "unknown-standard", "polite",
     "there is no standard 'polite'", "name one of: never-brusque, no-long-line, no-wait, talked-over"),
    (goal("team: north, standard: never-brusque, kept: 95, over: day"), "wrong-value", "95",
     "'95' is not a valid share", "write it 95%"),
    (goal("team: north, standard: never-brusque, kept: 101%, over: day"), "wrong-value", "101%",
     "101% can never be met, or never missed", "write over 0 to 100%"),
    (goal("team: north, standard: never-brusque, kept: 95%, over: dya"), "unknown-value", "dya",
     "over cannot be 'dya'", "did you mean 'day'?"),
    ("consequences: {no-wiat: {says: We talk., steps: [talk]}}", "unknown-standard", "no-wiat",
     "there is no standard 'no-wiat'", "did you mean 'no-wait'?"),
    ("consequences: {no-wait: {says: We talk., steps: [talk, dismissal]}}", "unknown-value", "dismissal",
     "steps cannot be 'dismissal'", "write 'talk', 'debrief', 'coaching' or 'training'"),
    ("consequences: {no-wait: {says: We talk., steps: dismissal}}", "unknown-value", "dismissal",
     "steps cannot be 'dismissal'", "write 'talk', 'debrief', 'coaching' or 'training'"),
    ("consequences: {no-wait: {says: We talk., steps: [talk, debrief, talk]}}", "wrong-value", "talk",
     "talk is among the steps already", "leave it out"),
    (goal("team: north, standard: no-wait, kept: 95%, over: day, beside: [no-wait]"), "wrong-value", "no-wait",
     "a goal is not beside itself", "name another one, or leave it out"),
    ("consequences: {no-wait: {says: We talk., steps: []}}", "wrong-value", "[", "steps is a list", "at least 1 item"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "check", "at", "found", "fix"), WRONG)
def test_each_slip_is_told_at_its_place(text: str, check: str, at: str, found: str, fix: str) -> None:
    """A slip is found, alone, shown just where it is, and what would mend it is said."""
    whole = text if text.startswith("kept") else f"kept: 1\n{text}"
    (one,) = found_in(whole)
    assert (one.id, one.level, pointed_at(whole, one)) == (check, "error", at)
    assert found in one.found
    assert fix in one.fix


def test_all_slips_are_told_at_once() -> None:
    """Who has made several slips reads of all of them, in the order of the file."""
    text = WHOLE.replace("value: 0", "value: -1").replace("steps: [debrief", "steps: [shouting").replace("3,", "9,")
    assert [finding.id for finding in found_in(text)] == ["bad-bands", "wrong-value", "unknown-value"]


DOUBTFUL = [
    ("rewards: {cup: {title: A cup, value: 5, for: [no-wait, no-long-line]}}", "reward-for-speed", "for",
     "cup is for no-wait, no-long-line, and so for speed alone", "leave for: out"),
    (goal("team: north, standard: no-wait, kept: 95%, over: day"), "speed-alone", "standard",
     "lines asks for speed, and nothing beside it says how the work is to be done", "add beside:"),
    (goal("team: north, standard: no-wait, kept: 95%, over: day, beside: [no-long-line]"), "speed-alone", "beside",
     "lines asks for speed", "with a standard of quality, ownership or courtesy"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "check", "at", "found", "fix"), DOUBTFUL)
def test_speed_alone_is_warned_of(text: str, check: str, at: str, found: str, fix: str) -> None:
    """A reward or a goal that is of speed alone can be used, and its author is warned."""
    whole = f"kept: 1\n{text}"
    (one,) = doubts(whole)
    assert (one.id, one.level, pointed_at(whole, one)) == (check, "warning", at)
    assert found in one.found
    assert fix in one.fix


@pytest.mark.parametrize("name", ["for: [no-wait, never-brusque]", "for: [talked-over]", "value: 3"])
def test_rewards_for_more_than_speed_are_left_in_peace(name: str) -> None:
    """A reward for something else too, or for whatever was kept, has no warning."""
    keys = name if name.startswith("value") else f"value: 5, {name}"
    assert doubts(f"kept: 1\nrewards: {{cup: {{title: A cup, {keys}}}}}") == []


def test_teams_are_held_against_the_policy_where_there_is_one() -> None:
    """A team that the policy does not have is told, with the one that was likely meant; without a policy, none is."""
    (one,) = doubts(WHOLE, frozenset({"north", "sout"}))
    assert (one.id, one.level, pointed_at(WHOLE, one)) == ("other-spelling", "warning", "south")
    assert (one.found, one.fix) == ("the policy has no team 'south'", "did you mean 'sout'?")
    assert [each.fix for each in doubts(WHOLE, frozenset({"floor"}))] == [
        "name one of: floor; or add north to the policy", "name one of: floor; or add south to the policy",
    ]  # fmt: skip
    assert doubts(WHOLE) == []


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6), st.integers(1, 10))
def test_bands_are_taken_just_where_everybody_is_in_one(starts: list[int], most: int) -> None:
    """Bands are sound when each can be reached, from the highest down, and the last begins at 0; else they are not."""
    statements = ", ".join(f"Statement {number}." for number in range(most))
    bands = ", ".join(f"{{from: {start}, says: Well.}}" for start in starts)
    text = f"kept: 1\n{form(f'[{bands}]', f'[{statements}]')}"
    if sorted(set(starts), reverse=True) == starts and starts[-1] == 0 and starts[0] <= most:
        assert [band.least for band in practice(text).forms["quiz"].bands] == starts
    else:
        assert {finding.id for finding in found_in(text)} == {"bad-bands"}


def test_a_role_in_other_capitals_is_that_role() -> None:
    """A standard that lists the scenario with a capital lets it excuse, as it does when an exception is granted."""
    roles = [*STANDARDS[0].may_excuse[:-1], STANDARDS[0].may_excuse[-1].title()]
    shouted = [replace(STANDARDS[0], may_excuse=tuple(roles)), *STANDARDS[1:]]
    assert load_practice(Source("practice.yaml", WHOLE), shouted) == practice(WHOLE)
