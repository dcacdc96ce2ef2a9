"""`kept new` as authors use it: four answers make a standard that checks and tests at once, or nothing is written."""

from pathlib import Path

import pytest

from standards.documents.document import Document
from streams.documents.forms import Form, schema_for
from tests.streams.commands import ROOT, kept

PACKS = sorted((ROOT / "standards" / "packs").glob("*.yaml"))
IDS = [str(name) for pack in PACKS for name in Document(pack.name, pack.read_text(encoding="utf-8")).data["standards"]]  # type: ignore[union-attr]
SAID = ("--what", "Do it.", "--how", "Well.", "--when-not", "Never.", "--why", "They wait.")
ANSWERS = b"""no-wat
no-wait

Call the standby list: begin with Ann.
Fire alarm. The shift lead says so.
People remember "that shop with no lines".
"""


def test_four_answers_make_a_standard(tmp_path: Path) -> None:
    """A slip is asked again, an empty answer keeps the pack's words; what is written is sound."""
    run = kept("new", "shop.yaml", cwd=tmp_path, stdin=ANSWERS)
    assert (run.returncode, run.stdout) == (0, "shop.yaml\nshop-stories.yaml\n")
    assert "did you mean 'no-wait'?" in run.stderr
    assert run.stderr.endswith("Next: kept check ., and kept test .\n")
    standard = Document("", (tmp_path / "shop.yaml").read_text(encoding="utf-8")).data["standards"]["no-wait"]  # type: ignore[index,call-overload]
    assert standard["what"] == "Open the next register."  # type: ignore[index,call-overload]
    assert standard["how"] == "Call the standby list: begin with Ann."  # type: ignore[index,call-overload]
    assert standard["exceptions"] == "Fire alarm. The shift lead says so."  # type: ignore[index,call-overload]
    assert standard["why"] == 'People remember "that shop with no lines".'  # type: ignore[index,call-overload]
    check = kept("check", ".", "--strict", cwd=tmp_path)
    assert (check.returncode, check.stderr) == (0, "1 standard, 12 stories: no findings.\n")
    test = kept("test", ".", "--mutate", cwd=tmp_path)
    assert test.returncode == 0, test.stdout


def test_a_promise_can_be_chosen_by_its_number(tmp_path: Path) -> None:
    """The list is numbered; a number that is not on it is asked again."""
    run = kept("new", "shop.yaml", *SAID, cwd=tmp_path, stdin=f"{len(IDS) + 1}\n{IDS.index('no-wait') + 1}\n".encode())
    assert run.returncode == 0
    assert f"write a name as it stands above, or a number from 1 to {len(IDS)}" in run.stderr
    assert "  no-wait:\n" in (tmp_path / "shop.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("ids", [IDS[::8], pytest.param(IDS, marks=pytest.mark.slow)], ids=["some", "all"])
def test_every_promise_of_the_packs_is_a_beginning(ids: list[str], tmp_path: Path) -> None:
    """Begun with, each under another name and beside all others, they load without a finding; stories hold."""
    (tmp_path / "practice.yaml").write_text("kept: 1\nteams: {north: {lead: team-lead}}\nforms: {}\n", encoding="utf-8")
    for name in ids:
        run = kept("new", f"{name}.yaml", "--from", name, "--name", f"our-{name}", *SAID, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
    check = kept("check", ".", "--strict", cwd=tmp_path)
    assert (check.returncode, check.stderr.split(",")[0]) == (0, f"{len(ids)} standards")
    test = kept("test", ".", cwd=tmp_path)
    assert test.returncode == 0
    assert len(list(tmp_path.glob("*-stories.yaml"))) > len(ids) // 2


def test_an_editor_completes_what_was_written(tmp_path: Path) -> None:
    """The first line of each file names a schema that lies there, and is that of this Kept."""
    kept("new", "shop.yaml", cwd=tmp_path, stdin=ANSWERS)
    forms: tuple[tuple[str, Form], ...] = (("shop.yaml", "standards"), ("shop-stories.yaml", "stories"))
    for file, form in forms:
        first = (tmp_path / file).read_text(encoding="utf-8").splitlines()[0]
        schema = tmp_path / first.removeprefix("# yaml-language-server: $schema=")
        assert schema.read_bytes() == Path(ROOT, "schemas", f"{form}.json").read_bytes()
        assert schema_for(form)["$schema"].startswith("http://json-schema.org/draft-07")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shop.txt",), "end it in .yaml"),
        (("nowhere/shop.yaml",), "there is no folder nowhere"),
        (("there.yaml",), "is there already; choose another name"),
        (("shop.yaml", "--from", "no-wat"), "did you mean 'no-wait'?"),
        (("shop.yaml", "--from", "no-wait"), "there.yaml has a standard no-wait already; give yours a --name"),
        (
            ("shop.yaml", "--from", "no-wait", "--name", "No Wait!"),
            "'No Wait!' is not a valid name; write lower case words",
        ),
        (("shop.yaml", "--from", "no-wait", "--name", r"a\1"), "is not a valid name; write lower case words"),
        (("shop.yaml", "--from", "no-wait", "--name", "a: b"), "'a: b' is not a valid name; write lower case words"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, one message that says what would mend it, and the folder is as it was."""
    kept("new", "there.yaml", "--from", "no-wait", *SAID, cwd=tmp_path)
    before = sorted(tmp_path.rglob("*"))
    run = kept("new", *arguments, *SAID, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in " ".join(run.stderr.replace("│", " ").split())
    assert sorted(tmp_path.rglob("*")) == before


def test_neighbours_that_do_not_load_are_mended_first(tmp_path: Path) -> None:
    """What is wrong with files beside the new one is told at its line, and nothing is written."""
    (tmp_path / "old.yaml").write_text("kept: 1\nstandards:\n  x: {promise: We do, pr: [site]}\n", encoding="utf-8")
    run = kept("new", "shop.yaml", cwd=tmp_path, stdin=ANSWERS)
    assert run.returncode == 2
    assert "unknown-key: old.yaml:3:23" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["old.yaml"]


def test_who_breaks_off_has_written_nothing(tmp_path: Path) -> None:
    """Where the answers end too early, nothing is written, and the exit code says so."""
    run = kept("new", "shop.yaml", cwd=tmp_path, stdin=b"no-wait\n\n")
    assert run.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    """Whoever has to choose another name has not answered four questions for nothing."""
    kept("new", "there.yaml", "--from", "no-wait", *SAID, cwd=tmp_path)
    run = kept("new", "shop.yaml", "--from", "no-wait", cwd=tmp_path, stdin=ANSWERS)
    assert run.returncode == 2
    assert "What is to be done?" not in run.stderr


@pytest.mark.parametrize("in_the_way", [".kept/stories.json/x", ".kept"])
def test_where_one_file_cannot_be_written_none_is(tmp_path: Path, in_the_way: str) -> None:
    """What is in the way is named, and stays; the standard and what was written before it do not."""
    obstacle = tmp_path / in_the_way
    obstacle.parent.mkdir(parents=True, exist_ok=True)
    obstacle.touch()
    before = sorted(tmp_path.rglob("*"))
    run = kept("new", "shop.yaml", "--from", "no-wait", *SAID, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (3, "")
    assert ".kept" in run.stderr
    assert sorted(tmp_path.rglob("*")) == before
