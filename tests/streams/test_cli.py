"""The command as its users run it: what it prints, where, with which exit code, and what it says about bad input."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.streams.commands import ROOT, kept, kept_apart

GROCERY = ROOT / "examples" / "grocery"
RULES = str(GROCERY / "standards.yaml")
EVENTS = str(GROCERY / "events.jsonl")
MAPPING = """kept: 1
table: {zone: UTC, source: s, time: t}
events:
  - event: queue.length
    fields: {site: shop, queue: {value: q}, waiting: w}
"""
COUNTS = {"opened": 3, "kept": 1, "broken": 1, "void": 1, "excused": 0, "unknown": 0, "open": 0}


def bad_input(*args: str, stdin: bytes = b"") -> str:
    """Run a command that must refuse its input: exit code 2, nothing on stdout, a message and no traceback."""
    run = kept(*args, stdin=stdin)
    assert (run.returncode, run.stdout) == (2, "")
    assert "Traceback" not in run.stderr
    return run.stderr


def written(folder: Path, text: str, name: str = "rules.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def spoilt(folder: Path, before: str, after: str) -> str:
    text = (GROCERY / "standards.yaml").read_text(encoding="utf-8")
    assert before in text
    return written(folder, text.replace(before, after))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, ("backtest", RULES, "--events", "-")),
        (1, ("check", "rules.yaml", "--strict")),
        (2, ("backtest", RULES, "--events", "gone.jsonl")),
        (2, ("schema", "rules")),
        (3, ("backtest", RULES, "--events", EVENTS, "--ledger", "/proc/ledger.jsonl")),
    ],
)
def test_a_process_of_its_own_says_the_same(tmp_path: Path, code: int, words: tuple[str, ...]) -> None:
    """What these tests call in their own process is what a shell gets: exit code, output and messages."""
    spoilt(tmp_path, "kept: 1\n", "kept: 1\ncalendars:\n  night: {timezone: UTC}\n")
    events = Path(EVENTS).read_bytes()
    apart, here = (run(*words, stdin=events, cwd=tmp_path) for run in (kept_apart, kept))
    assert (apart.returncode, timeless(apart.stdout), apart.stderr) == (code, timeless(here.stdout), here.stderr)
    assert here.returncode == code


def timeless(printed: str) -> str:
    return re.sub(r"judged in [\d.,]+ s", "judged in a moment", printed)


def test_json_has_the_agreed_shape() -> None:
    """`--json` prints one object: events, seconds, and the counts of every standard; talk goes elsewhere."""
    run = kept("backtest", RULES, "--events", EVENTS, "--json")
    assert (run.returncode, run.stderr) == (0, "")
    result = json.loads(run.stdout)
    assert result.pop("seconds") >= 0
    assert result == {
        "events": 16, "standards": {"no-wait": COUNTS},
        "kept_closed": {}, "rows": 16, "rows_unread": 0, "rows_in_part": 0, "bad_lines": {}, "unused": {},
        "unconcerned": {}, "duplicates": 0, "doubts": [], "by_receipt": False,
        "from": "2024-03-04T07:00:00Z", "to": "2024-03-04T07:30:00Z",
    }  # fmt: skip


def test_people_read_a_table_and_the_promise_in_its_own_words() -> None:
    """Without `--json` there is a table, the customer's words, and no colour codes."""
    run = kept("backtest", RULES, "--events", EVENTS)
    assert (run.returncode, run.stderr) == (0, "")
    header, row = run.stdout.splitlines()[2:4]
    assert header.split()[:8] == ["standard", *COUNTS]
    assert row.split()[:8] == ["no-wait", *map(str, COUNTS.values())]
    assert "You will never stand behind more than three people." in run.stdout
    assert "\x1b" not in run.stdout


def test_standard_input_is_a_file_like_any_other() -> None:
    """`-` reads standard input."""
    run = kept("backtest", RULES, "--events", "-", "--json", stdin=(GROCERY / "events.jsonl").read_bytes())
    assert json.loads(run.stdout)["standards"]["no-wait"] == COUNTS


def test_strict_stops_at_the_first_bad_line() -> None:
    """`--strict` is exit code 2, with the file, line and reason, and no counts."""
    body = (GROCERY / "events.jsonl").read_bytes() + b"{}\n"
    assert "-:17: an event is a JSON object" in bad_input("backtest", RULES, "--events", "-", "--strict", stdin=body)


def test_an_event_of_next_year_is_a_bad_line() -> None:
    """History does not come from the future: it is shown as a bad line, and time does not move."""
    later = (datetime.now(UTC) + timedelta(days=365)).isoformat()
    event = {"specversion": "1.0", "id": "e", "source": "s", "type": "queue.length", "time": later,
             "data": {"site": "s", "queue": "q", "waiting": 9}}  # fmt: skip
    body = (GROCERY / "events.jsonl").read_bytes() + json.dumps(event).encode()
    run = kept("backtest", RULES, "--events", "-", "--json", stdin=body)
    assert json.loads(run.stdout)["bad_lines"] == {"from-the-future": 1}
    assert json.loads(run.stdout)["standards"]["no-wait"] == COUNTS
    assert "ahead of this machine's clock" in run.stderr


@pytest.mark.parametrize("missing", ["rules", "events", "map"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, missing: str) -> None:
    """A path that does not exist is named, with what is wrong, and nothing is written."""
    gone = str(tmp_path / "gone.yaml")
    args = {
        "rules": ["backtest", gone, "--events", EVENTS],
        "events": ["backtest", RULES, "--events", gone],
        "map": ["backtest", RULES, "--events", EVENTS, "--map", gone],
    }[missing]
    run = kept(*args)
    assert (run.returncode, run.stdout) == (2, "")
    assert "gone.yaml" in run.stderr
    assert "no such file" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_folder_without_events_is_refused(tmp_path: Path) -> None:
    """A folder stands for the files in it; one that has none is refused."""
    assert "this folder has no files" in bad_input("backtest", RULES, "--events", str(tmp_path))


def test_a_ledger_that_cannot_be_written_is_the_worlds_fault(tmp_path: Path) -> None:
    """A place that takes no file is exit code 3, with its name; a folder that is not there is seen before, code 2."""
    run = kept("backtest", RULES, "--events", EVENTS, "--ledger", "/proc/ledger.jsonl")
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith("kept: /proc/ledger.jsonl: ")
    there = str(tmp_path / "no" / "ledger.jsonl")
    assert f"no-folder: {there}" in bad_input("backtest", RULES, "--events", EVENTS, "--ledger", there)


def test_a_misspelt_field_is_found_with_a_guess(tmp_path: Path) -> None:
    """`waitng` is underlined where it stands, and what it may have meant is said."""
    said = bad_input("backtest", spoilt(tmp_path, "waiting > 3", "waitng > 3"), "--events", EVENTS)
    assert "rules.yaml:15:40" in said
    assert "waiting" in said.partition("fix:")[2]
    assert "^^^^^^" in said
    assert said.endswith("\n\n1 finding.\n")


def test_an_alias_bomb_is_refused_at_once(tmp_path: Path) -> None:
    """Aliases are refused by name and place; nothing is expanded."""
    bomb = "kept: 1\na: &a [x, x]\n" + "\n".join(
        f"{new}: &{new} [*{old}, *{old}]" for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    said = bad_input("check", written(tmp_path, bomb))
    assert "rules.yaml:2:4" in said
    assert "anchor" in said


def test_a_circle_of_standards_is_refused(tmp_path: Path) -> None:
    """A standard that hears its own promises is refused, and told what to leave out."""
    circle = """
  coaching:
    {promise: p, what: w, how: h, why: y, exceptions: n, owner: lead, aspect: speed, per: owner, when: promise.broken,
      at_most: 3, within: 30d}
"""
    text = (GROCERY / "standards.yaml").read_text(encoding="utf-8") + circle
    said = bad_input("check", written(tmp_path, text))
    assert "coaching -> coaching" in said
    assert 'standard != "coaching"' in said


def test_an_impossible_calendar_is_refused(tmp_path: Path) -> None:
    """Hours that end before they begin, days and zones that do not exist: all said at once."""
    text = (GROCERY / "standards.yaml").read_text(encoding="utf-8")
    calendar = 'kept: 1\ncalendars:\n  c: {timezone: Mars/North, hours: {mon: ["25:00-26:00"], xyz: ["08:00-09:00"]}}\n'
    said = bad_input("check", written(tmp_path, text.replace("kept: 1\n", calendar)))
    assert "Mars/North" in said
    assert "25:00-26:00" in said
    assert "xyz" in said


def test_a_table_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    """A CSV without a column that the mapping names says which, and what columns there are."""
    mapping = written(tmp_path, MAPPING, "map.yaml")
    table = written(tmp_path, "t,w\n2026-01-01 08:00:00,4\n", "rows.csv")
    said = bad_input("backtest", RULES, "--events", table, "--map", mapping)
    assert "rows.csv has no column 'shop'" in said


def test_check_finds_nothing_in_the_examples() -> None:
    """Every example in the project is clean."""
    for folder in sorted((ROOT / "examples").iterdir()):
        run = kept("check", str(folder), "--strict")
        assert (run.returncode, run.stdout) == (0, ""), folder
        assert "no findings" in run.stderr


def test_a_folder_stands_for_its_sub_folders_too(tmp_path: Path) -> None:
    """YAML files are found however deep they are; what begins with a dot is not looked into."""
    for folder in ("one/two", ".hidden"):
        (tmp_path / folder).mkdir(parents=True)
        written(tmp_path / folder, (GROCERY / "standards.yaml").read_text(encoding="utf-8"), "rules.yml")
    written(tmp_path / "one", MAPPING.replace("shop", "site"), "map.yaml")
    assert kept("check", str(tmp_path)).stderr == "1 standard, 1 mapping: no findings.\n"
    assert json.loads(kept("backtest", str(tmp_path), "--events", EVENTS, "--json").stdout)["standards"] == {
        "no-wait": COUNTS
    }


def test_a_folder_without_standards_is_refused(tmp_path: Path) -> None:
    """A folder with nothing to read is told, with its sub-folders."""
    assert "neither the folder nor its sub-folders hold a .yaml file" in bad_input("check", str(tmp_path))


def test_check_says_all_findings(tmp_path: Path) -> None:
    """Three faults are three findings."""
    text = (GROCERY / "standards.yaml").read_text(encoding="utf-8")
    for before, after in (
        ("waiting > 3", "waitng > 3"),
        ("within: 60s", "within: soon"),
        ("aspect: speed", "aspect: haste"),
    ):
        text = text.replace(before, after)
    said = bad_input("check", written(tmp_path, text))
    assert said.endswith("\n\n3 findings.\n")


def test_check_strict_is_one_where_there_are_warnings(tmp_path: Path) -> None:
    """A warning is exit code 0 without and 1 with `--strict`; it is printed either way."""
    warned = spoilt(tmp_path, "kept: 1\n", "kept: 1\ncalendars:\n  night: {timezone: UTC}\n")
    for strict, code in (([], 0), (["--strict"], 1)):
        run = kept("check", warned, *strict)
        assert run.returncode == code
        assert run.stdout.startswith("unused-calendar: ")
        assert "1 warning" in run.stderr


def test_usage_errors_are_bad_input() -> None:
    """An option or verb that does not exist, or one left out, is exit code 2 with a hint where help is."""
    for args in (["backtest", RULES], ["backtest", RULES, "--events", EVENTS, "--fast"], ["judge"],
                 ["backtest", RULES, "--events", EVENTS, "--jobs", "0"]):  # fmt: skip
        assert "--help" in bad_input(*args)


def test_check_reads_the_policy_too(tmp_path: Path) -> None:
    """A policy among the standards is checked along with them, all its findings at their places."""
    copy = tmp_path / "rules.yaml"
    copy.write_bytes(Path(RULES).read_bytes())
    policy = tmp_path / "policy.yaml"
    policy.write_text("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n", encoding="utf-8")
    fine = kept("check", str(tmp_path))
    assert fine.returncode == 0
    assert "1 policy" in fine.stderr
    policy.write_text("kept: 1\npeople: {ann: {}}\nroutes: [{tell: an}, {tel: ann}]\n", encoding="utf-8")
    said = bad_input("check", str(tmp_path))
    assert "did you mean 'ann'?" in said
    assert "did you mean 'tell'?" in said


@pytest.mark.parametrize("verb", [[], ["backtest"], ["check"], ["run"], ["schema"], ["test"], ["why"]])
def test_every_verb_helps_with_an_example(verb: list[str]) -> None:
    """`--help` is exit code 0 and shows the usage in the users' words; each verb gives an example."""
    run = kept(*verb, "--help")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("Usage: ")
    assert not verb or f"Example: kept {verb[0]}" in run.stdout
    said = run.stdout.partition("\n")[2]
    strange = [word for word in ("...\n", "<str>", "<int", "--no-", "<=") if word in said]
    assert strange == []


def test_help_says_what_exit_codes_mean() -> None:
    """The help of the command ends with its exit codes."""
    assert "Exit codes: 0 fine, 1 found something, 2 the input is wrong" in kept("--help").stdout


def test_the_schema_is_json_schema() -> None:
    """`kept schema` prints one JSON Schema."""
    run = kept("schema")
    assert run.returncode == 0
    assert "standards" in json.loads(run.stdout)["properties"]
