"""Laws of stories: what is paired, and that where Kept ends and begins again changes nothing."""

from itertools import permutations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.stories.story_given import Fault
from streams.stories.pairing import paired
from streams.stories.playing import Playing
from tests.streams.storying import DESK, in_memory, scripts

SCRIPTS = {script.story.name: script for script in scripts(DESK / "desk.yaml") if not script.story.faults}


@given(st.lists(st.sets(st.integers(0, 4)), max_size=5), st.integers(0, 5))
def test_as_many_as_possible_are_paired(wanted: list[set[int]], happened: int) -> None:
    """No story fails by the order of its lines: as many expectations are met as any pairing could meet."""

    def fits(want: set[int], each: int) -> bool:
        return each in want

    pairs = paired(wanted, range(happened), fits, lambda _want, _each: False)
    found = list(pairs)
    most = max(
        sum(place < happened and place in want for want, place in zip(wanted, order, strict=False))
        for order in permutations(range(max(5, happened, len(wanted))), len(wanted))
    )
    assert sum(fit for _, _, fit in found) == most
    assert sorted(each for _, each, _ in found if each is not None) == list(range(happened))
    assert sorted(map(sorted, (want for want, _, _ in found if want is not None))) == sorted(map(sorted, wanted))


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_what_differs_stands_beside_what_is_alike(wanted: list[int], happened: list[int]) -> None:
    """Nothing gets lost on the way to the timeline, and only what fits is said to fit."""
    found = list(paired(wanted, happened, lambda want, each: want == each == 0, lambda want, each: want == each))
    assert sorted(want for want, _, _ in found if want is not None) == sorted(wanted)
    assert sorted(each for _, each, _ in found if each is not None) == sorted(happened)
    assert all(fits == (want == each == 0 and want is not None) for want, each, fits in found)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(SCRIPTS)), st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=4)
)
def test_beginning_again_changes_nothing(name: str, when: list[tuple[int, bool]]) -> None:
    """Whenever Kept crashes or is restarted, and comes back at once, the same is judged, told and withheld."""
    story, rules, until = SCRIPTS[name].story, SCRIPTS[name].rules, SCRIPTS[name].until
    instants = [(story.clock.start + (until - story.clock.start) * part // 1000, crash) for part, crash in sorted(when)]
    faults = tuple(Fault(at, at, "crash" if crash else "restart", 0) for at, crash in instants)
    broken = Playing(msgspec.structs.replace(story, faults=faults), rules).play(until)
    assert in_memory(broken) == in_memory(Playing(story, rules).play(until))
    assert sum(bool(moment.fault) for moment in broken.moments) == len(faults)
