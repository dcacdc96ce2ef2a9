"""`kept new` without a pack: a few answers, or options, make a standard and stories that pass."""

from pathlib import Path

import pytest

from standards.documents.document import Document
from tests.streams.commands import kept
from tests.streams.test_drafting import IDS, SAID

ASKED = b"""0
Never a long line.
queue.lenght where waiting > 3
queue.length where waitng > 3
queue.length where waiting > 3
ticket.opened
register.opened
a minute or so
60s
Mo-Fr 8-16, sat 09:00-13:00
Warsaw
Europe/Warsaw

Open the next register.
Call the standby list.
Fire alarm. The shift lead says so.
Nobody likes to wait.
"""
CASES = [
    ("queue.length where waiting > 3", "register.opened", "60s", ("--hours", "mon-fri 22:00-06:00", "--zone", "UTC")),
    ("complaint.received", "followup.completed where reached", "1d", ()),
    ("contact.waiting", "contact.answered", "2m", ("--hours", "daily 08:00-20:00", "--zone", "Asia/Kolkata")),
    ("survey.answered where score <= 2", "followup.completed", "24h", ()),
    ('ticket.opened where priority == "urgent"', "ticket.replied", "30m", ("--owner", "desk-lead")),
    (
        "queue.length where waiting > 3 * serving and serving > 0",
        "queue.length where serving > opening.serving",
        "2m",
        (),
    ),
    ("room.counted where guests > 40 or full", "room.opened", "10m", ()),
]
OWN = """\
kept: 1
events:
  room.counted: {room: text, guests: integer, full: boolean}
  room.opened: {room: text}
readings: [room.counted]
"""


def new(folder: Path, *args: str, stdin: bytes = b"") -> tuple[int, str, str]:
    run = kept("new", "own.yaml", *args, cwd=folder, stdin=stdin)
    return run.returncode, run.stdout, run.stderr


def sound(folder: Path) -> int:
    """Check and test what was written; gives how many stories there are."""
    check = kept("check", ".", "--strict", cwd=folder)
    assert (check.returncode, check.stdout) == (0, "")
    test = kept("test", ".", cwd=folder)
    assert test.returncode == 0, test.stdout
    return (folder / "own-stories.yaml").read_text(encoding="utf-8").count("    given:")


def test_answers_make_a_standard(tmp_path: Path) -> None:
    """Each slip is asked again with what mends it; what is written checks and tests at once."""
    code, out, err = new(tmp_path, stdin=ASKED)
    assert (code, out) == (0, "own.yaml\nown-stories.yaml\n"), err
    for said in (
        "did you mean 'queue.length'?",
        "did you mean waiting?",
        "queue.length and ticket.opened have no field in common",
        "is not a length of time",
        "did you mean 'Europe/Warsaw'?",
    ):
        assert said in err
    standard = Document("", (tmp_path / "own.yaml").read_text(encoding="utf-8")).data["standards"]
    assert standard == {"register-opened-in-60s": {
        "promise": "Never a long line.", "what": "Open the next register.", "how": "Call the standby list.",
        "exceptions": "Fire alarm. The shift lead says so.", "why": "Nobody likes to wait.", "owner": "team-lead",
        "per": ["site", "queue"], "when": {"event": "queue.length", "where": "waiting > 3"},
        "expect": "register.opened", "within": "60s", "unless": {"event": "queue.length", "where": "waiting <= 3"},
        "calendar": "register-opened-in-60s-hours",
    }}  # fmt: skip
    assert sound(tmp_path) == 3


@pytest.mark.parametrize(("when", "expect", "within", "more"), CASES)
def test_options_make_one_without_a_question(
    tmp_path: Path, when: str, expect: str, within: str, more: tuple[str, ...]
) -> None:
    """Any two events that are about the same make a standard, with stories that hold."""
    if "room." in when:
        (tmp_path / "rooms.yaml").write_text(OWN, encoding="utf-8")
    said = ("--promise", "We do.", "--when", when, "--expect", expect, "--within", within)
    code, _, err = new(tmp_path, *said, *more, *SAID)
    assert code == 0, err
    assert "?" not in err
    assert sound(tmp_path) >= 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--when", "queue.lenght", "--expect", "register.opened"), "--when: there is no event 'queue.lenght'"),
        (("--when", "queue.length", "--expect", "ticket.opened"), "have no field in common"),
        (("--when", "queue.length", "--expect", "register.opened", "--within", "60"), "write 60s, 60m or 60h"),
        (("--from", "no-wait", "--when", "queue.length"), "no-wait says itself when it is owed"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    """Exit code 2, what would mend it, and nothing is written."""
    code, out, err = new(tmp_path, "--promise", "We do.", *options, *SAID)
    assert (code, out) == (2, "")
    assert said in err
    assert list(tmp_path.iterdir()) == []


def test_hours_that_cannot_be_read_are_told_like_in_a_file(tmp_path: Path) -> None:
    """What only the loader can judge is told by it, and nothing is written."""
    rule = ("--promise", "We do.", "--when", "contact.waiting", "--expect", "contact.answered", "--within", "2m")
    code, out, err = new(tmp_path, *rule, "--hours", "monthly 08:00-16:00", "--zone", "UTC", *SAID)
    assert (code, out) == (2, "")
    assert "bad-calendar: own.yaml" in err
    assert list(tmp_path.iterdir()) == []


def test_a_promise_of_a_pack_can_be_named_by_its_number(tmp_path: Path) -> None:
    """`--from 2` is the second of the list that is shown without it."""
    assert new(tmp_path, "--from", "2", *SAID)[0] == 0
    assert f"  {IDS[1]}:\n" in (tmp_path / "own.yaml").read_text(encoding="utf-8")
