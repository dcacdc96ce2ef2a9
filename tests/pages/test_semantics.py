"""What a verdict means, by example: the page's standards have no findings, and its stories go as they say.

Next: `docs/semantics.md`.
"""

import re
from pathlib import Path

import pytest

from standards.compiler.spec import Source, load
from streams.documents.documents import read_documents
from streams.runtime.pump import Pump
from streams.stories.files import read_scripts
from streams.stories.running import run
from tests.history import events_of, loaded, rules, told
from tests.streams.commands import kept
from tests.streams.test_pump import restored

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
STANDARDS, *STORIES = re.findall(r'^```yaml title="[a-z]+\.yaml"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)
HOURS = re.findall(r'^```yaml title="hours/[a-z]+\.yaml"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)
TARGETS = re.findall(r'^```yaml title="targets/[a-z]+\.yaml"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)
DEFAULTS = re.findall(r'^```yaml title="defaults/[a-z]+\.yaml"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)


def check_plays(folder: Path, standards: str, stories: str) -> None:
    """Play stories of the page; its standards have no findings."""
    (folder / "standards.yaml").write_text(standards, encoding="utf-8")
    (folder / "stories.yaml").write_text(stories, encoding="utf-8")
    documents = read_documents([str(folder)])
    assert kept("check", ".", "--strict", cwd=folder).returncode == 0
    played = list(run(read_scripts(documents)))
    assert len(played) >= 2
    assert [line for result in played for line in result.failure] == []


@pytest.mark.parametrize("stories", STORIES, ids=["watermark", "boundaries", "again", "unknown", "corrections"])
def test_an_example_goes_as_it_says(stories: str, tmp_path: Path) -> None:
    """Whoever plays an example of the page sees what the page says."""
    check_plays(tmp_path, STANDARDS, stories)


def test_the_two_defaults_are_what_the_page_says(tmp_path: Path) -> None:
    """A line that stays long is one broken promise, and a second complaint is owed by itself; else it is as shown."""
    standards, stories = DEFAULTS
    check_plays(tmp_path, standards, stories)


def test_opening_hours_are_what_the_page_says(tmp_path: Path) -> None:
    """Periods without open time owe nothing, days are those of the clock on the wall, and windows keep to the hours."""
    standards, *played = HOURS
    for stories in played:
        check_plays(tmp_path, standards, stories)


def test_how_long_there_is_goes_as_the_page_says(tmp_path: Path) -> None:
    """Choices by a field give the deadlines that the page shows."""
    standards, stories = TARGETS
    check_plays(tmp_path, standards, stories)


def test_a_promise_keeps_its_revision() -> None:
    """What the page says of a file that changes while a promise is open is what happens."""
    shown = re.findall(r"^(10:\d\d:\d\d)  .*?((?:opened|broken|ended),? by revision [AB])", PAGE, re.MULTILINE)
    line = "per: queue, when: {event: queue.length, where: waiting > 3}, expect: register.opened, "
    line += "unless: {event: queue.length, where: waiting <= 3}, within: "
    old = loaded(rules(it=f"{line}60s"))
    new = load([Source("rules.yaml", rules(it=f"{line}90s"))], retired=[old.excerpt("it")])
    pump = Pump(old.rulebook)
    first = pump.push(events_of("10:00:00 queue.length waiting=5\n10:00:19 nothing", old.rulebook)).transitions
    after = restored(pump, new.rulebook)
    rest = "10:01:30 queue.length waiting=2 id=b\n10:02:00 queue.length waiting=6 id=c\n10:04:00 nothing id=d"
    lines = [*first, *after.push(events_of(rest, new.rulebook)).transitions, *after.finish().transitions]
    names = {old.standards[0].revision: "A", new.standards[0].revision: "B"}
    assert [(told([each])[0][:8], f"{each.kind} {names[each.standard.revision]}") for each in lines] == [
        (at, said.replace(",", "").replace("by revision ", "")) for at, said in shown
    ]
    assert len(shown) == 5
