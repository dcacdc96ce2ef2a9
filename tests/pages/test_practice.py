"""The page about people's practice: its example is checked as its reader would check it, and its list is the pack's.

Next: `docs/practice.md`.
"""

import re
from pathlib import Path

from standards.compiler.spec import Source, load
from standards.practice.practice_document import load_practice
from tests.streams.commands import ROOT, kept

PAGE = (ROOT / "docs" / "practice.md").read_text(encoding="utf-8")
PACKS = ROOT / "standards" / "packs"
HOUSE = PACKS / "house" / "practice.yaml"


def test_the_example_checks_with_the_packs(tmp_path: Path) -> None:
    """What the page shows has no findings beside the packs, where a standard lets the scenario excuse it."""
    (example,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for pack in PACKS.glob("*.yaml"):
        text = pack.read_text(encoding="utf-8").replace("shift-lead]", "shift-lead, scenario/till-outage]")
        (tmp_path / f"pack-{pack.name}").write_text(text, encoding="utf-8")
    (tmp_path / "practice.yaml").write_text(example, encoding="utf-8")
    run = kept("check", "--strict", str(tmp_path))
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.endswith(" standards, 1 practice: no findings.\n")


def test_the_list_has_what_the_pack_promises() -> None:
    """Who reads the page knows each promise of the pack, in its own words."""
    found = load([Source("practice.yaml", (PACKS / "practice.yaml").read_text(encoding="utf-8"))])
    listed = re.findall(
        r"^\| `([a-z-]+)` \| (\S.*\.) \|$", PAGE.partition("## What the pack promises")[2], re.MULTILINE
    )
    assert listed == [(each.id, each.promise) for each in found.standards]


def test_each_thing_has_a_story_and_a_page() -> None:
    """What a good team does is judged by a story of a pack, and stands on a page of the board."""
    part = PAGE.partition("## What it is for, and where it stands")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\S.*?) \| (team|practice): (.+?) \| `(/[a-z]+)` \|$", part, re.MULTILINE)
    stories = {pack: (PACKS / "stories" / f"{pack}.yaml").read_text(encoding="utf-8") for pack in ("team", "practice")}
    pages = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "streams" / "web" / "board").glob("*.py"))
    pages += "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "streams" / "board").glob("*.py"))
    assert len(rows) == 10
    for what, pack, story, path in rows:
        assert f"\n  {story}:\n" in stories[pack], what
        assert f'"{path}"' in pages, path


def test_a_house_that_begins_with_the_packs_has_its_document() -> None:
    """All packs and the document in the folder beside them check together, without a finding."""
    run = kept("check", "--strict", str(PACKS))
    assert (run.returncode, run.stdout) == (0, "")
    assert ", 1 practice, " in run.stderr
    packs = [Source(pack.name, pack.read_text(encoding="utf-8")) for pack in PACKS.glob("*.yaml")]
    house = load_practice(Source("practice.yaml", HOUSE.read_text(encoding="utf-8")), load(packs).standards)
    assert {name: len(form.statements) for name, form in house.forms.items()} == {"delight": 25, "nine": 9}
    assert [(band.least, band.offer) for band in house.forms["delight"].bands] == [(20, ""), (15, ""), (0, "coaching")]
    assert f"(../{HOUSE.relative_to(ROOT).as_posix()})" in PAGE


def test_the_floor_of_the_demo_has_one() -> None:
    """The demo's standards, its policy and its practice document are of one mind: its teams are those that are told.

    But for its promises of half a minute, so that something happens: no summary can come before one of those is over.
    """
    files = (ROOT / "streams" / f"demo{each}.yaml" for each in ("", "_policy", "_practice"))
    run = kept("check", *map(str, files))
    found = {line.partition(":")[0] for line in run.stdout.splitlines() if re.match("[a-z-]+: ", line)}
    assert (run.returncode, found) == (0, {"late-summary"})
    assert run.stderr.startswith("6 standards, 1 policy, 1 practice: 3 warnings")
