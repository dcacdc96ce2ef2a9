"""`kept test --mutate` as its users run it: what survives is told at its line, and our own rules have no survivors."""

import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from alerts.stories.story import Telling
from standards.documents.document import Document
from streams.documents.documents import read_documents
from streams.stories.files import read_scripts
from streams.stories.mutating import mutate
from tests.streams.commands import ROOT, kept
from tests.streams.test_cli import GROCERY
from tests.streams.test_kept_test import FINE, WRONG

DESK = ROOT / "tests" / "data" / "stories" / "desk"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give a folder with one standard and one story, which looks at little."""
    shutil.copy(GROCERY / "standards.yaml", tmp_path)
    (tmp_path / "stories.yaml").write_text(FINE, encoding="utf-8")
    return tmp_path


def test_what_no_story_notices_is_told_at_its_line(shop: Path) -> None:
    """Exit code 1; the line, the change in words, and which story would notice; nothing of a tested deadline."""
    run = kept("test", ".", "--mutate", cwd=shop)
    assert run.returncode == 1
    number = 1 + (shop / "standards.yaml").read_text().splitlines().index(
        "    when: {event: queue.length, where: waiting > 3}"
    )
    assert f"unnoticed: standards.yaml:{number}:48\n" in run.stdout
    assert "no story notices when `waiting > 3` becomes `waiting >= 3` (no-wait)" in run.stdout
    assert "  fix: play 3 exactly, and 4\n" in run.stdout
    assert "within" not in run.stdout
    assert run.stdout.endswith("noticed by no story.\n")
    assert run.stderr == ""


@pytest.mark.slow
def test_our_own_rules_have_no_survivors() -> None:
    """In packs and examples, every small change is noticed by a story."""
    run = kept("test", "--mutate", "standards/packs", "examples", cwd=ROOT)
    assert (run.returncode, run.stderr) == (0, "")
    assert "each is noticed by a story." in run.stdout


def test_nothing_is_changed_while_a_story_fails(shop: Path) -> None:
    """A story that fails would notice everything: it is mended first."""
    (shop / "stories.yaml").write_text(FINE + WRONG, encoding="utf-8")
    run = kept("test", ".", "--mutate", cwd=shop)
    assert run.returncode == 1
    assert "first let every story go as it says" in run.stderr
    assert "small change" not in run.stdout


def test_all_stories_are_asked(shop: Path) -> None:
    """A part of the stories says nothing about what all of them notice."""
    run = kept("test", ".", "--mutate", "--run", "broken", cwd=shop)
    assert run.returncode == 2
    assert "leave --run out" in run.stderr


def test_survivors_stand_in_the_report(shop: Path) -> None:
    """The build server shows each survivor as a failure of the file of rules, at its line."""
    assert kept("test", ".", "--mutate", "--junit", "report.xml", cwd=shop).returncode == 1
    suites = {it.get("name"): it for it in ET.parse(shop / "report.xml").getroot()}
    assert set(suites) == {"stories.yaml", "standards.yaml"}
    assert int(suites["standards.yaml"].get("failures", 0)) > 5


def test_a_route_that_nobody_misses_is_told() -> None:
    """Each route of a policy is left out; the stories of who is told notice all but what they do not look at."""
    scripts = read_scripts(read_documents([str(DESK)]))
    policies = scripts[0].documents
    tried = list(mutate(scripts, policies._replace(standards=[])))
    routes = Document(policies.policies[0].name, policies.policies[0].text).data["routes"]
    assert isinstance(routes, list)
    assert len(tried) == len(routes) > 2
    assert [each for each in tried if each.survived is not None] == []
    deaf = [script._replace(telling=Telling()) for script in scripts if script.story.expect is None]
    assert len(deaf) > 2
    assert all(each.survived is not None for each in mutate(deaf, policies._replace(standards=[])))
