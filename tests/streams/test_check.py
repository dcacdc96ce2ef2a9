"""`kept check` as authors run it: what sleeps is counted, all documents are looked at at once, history has its say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.streams.commands import ROOT, kept

WARSAW = ROOT / "examples" / "warsaw"
GROCERY = ROOT / "examples" / "grocery"
POLICY = "kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n"


def check(*args: str, **settings: str) -> tuple[int, str, str]:
    """Run the verb; gives its exit code, what it found and what it said."""
    run = kept(*args, settings=settings)
    return run.returncode, run.stdout, run.stderr


def written(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return str(folder)


def grocery() -> str:
    return (GROCERY / "standards.yaml").read_text(encoding="utf-8")


def ids(printed: str) -> list[str]:
    return [line.split(":")[0] for line in printed.splitlines() if line and not line.startswith(" ")]


def test_what_sleeps_is_counted() -> None:
    """The last line says how many findings sleep, and they fail no strict check; the reason stands in the file."""
    code, found, said = check("check", str(WARSAW), "--strict")
    assert (code, found) == (0, "")
    assert said == "2 standards, 1 mapping, 7 stories: no findings, 2 asleep.\n"


def test_a_snooze_without_a_reason_fails_a_strict_check(tmp_path: Path) -> None:
    """What was to sleep is awake, and so is a word about the snooze."""
    text = (WARSAW / "standards.yaml").read_text(encoding="utf-8").replace(": it is there to be compared", " it is")
    code, found, said = check("check", written(tmp_path, rules=text), "--strict")
    assert code == 1
    assert sorted(ids(found)) == ["bad-snooze", "two-promises"]
    assert said == "2 standards: 2 warnings, 1 asleep.\n"


def test_a_backtest_lets_them_sleep_too(tmp_path: Path) -> None:
    """What sleeps in a check is no noise in a backtest."""
    events = str(GROCERY / "events.jsonl")
    assert check("backtest", str(WARSAW / "standards.yaml"), "--events", events)[2] == ""
    noisy = written(
        tmp_path, rules=grocery().replace("within: 60s", "within: 2s").replace("    warn: [50%, 15s before]\n", "")
    )
    assert ids(check("backtest", noisy, "--events", events)[2]) == ["too-short"]


def test_what_sleeps_is_not_told_beside_errors(tmp_path: Path) -> None:
    """An author with an error to mend is not told of what sleeps, and is told of what is awake."""
    text = (WARSAW / "standards.yaml").read_text(encoding="utf-8")
    text = text.replace("objective: {kept: 90%", "objective: {kept: 100%").replace("severity: info", "severity: inform")
    code, _, said = check("check", written(tmp_path, rules=text))
    assert code == 2
    assert ids(said) == ["full-objective", "unknown-value", "full-objective", "3 findings."]


def test_all_documents_are_looked_at_in_one_go(tmp_path: Path) -> None:
    """Slips in a mapping, a policy and stories are found together."""
    folder = written(
        tmp_path, rules=grocery(), policy=POLICY.replace("tell: ann", "tell: an"),
        map="kept: 1\ntable: {zone: UTCC, source: s, time: t}\nevents:\n  - {event: register.shut}\n",
        stories="kept: 1\nstrat: 2026-01-05\nstories: {nothing: {given: []}}\n",
    )  # fmt: skip
    code, found, said = check("check", folder)
    assert (code, found) == (2, "")
    assert ids(said) == ["unknown-zone", "unknown-event", "unknown-person", "unknown-key", "4 findings."]


def test_settings_are_terms(tmp_path: Path) -> None:
    """Who waits longer for events is told that a promise is too short for that."""
    folder = written(tmp_path, rules=grocery())
    assert check("check", folder, KEPT_GRACE="1s")[1] == ""
    assert ids(check("check", folder, KEPT_GRACE="2m")[1]) == ["too-short"]


def test_history_is_needed_for_a_mapping(tmp_path: Path) -> None:
    """A mapping by itself, history that is not there, and a table that nothing makes events of, are bad input."""
    rules = written(tmp_path, rules=grocery())
    code, _, said = check("check", rules, "--map", str(WARSAW / "map.yaml"))
    assert (code, "add --history FILE" in said) == (2, True)
    code, _, said = check("check", rules, "--history", str(tmp_path / "may.jsonl"))
    assert (code, ids(said)) == (2, ["no-file", "1 finding."])
    (tmp_path / "may.csv").write_text("a,b\n", encoding="utf-8")
    code, _, said = check("check", rules, "--history", str(tmp_path / "may.csv"))
    assert (code, ids(said)) == (2, ["no-mapping", "1 finding."])


@pytest.mark.parametrize("named", [True, False])
def test_a_table_is_read_by_the_mapping_beside_it(tmp_path: Path, named: bool) -> None:
    """The only mapping among the files is that of the history; lines that cannot be read are told, not dropped."""
    mapping = """kept: 1
table: {zone: UTC, source: s, time: t}
events:
  - {event: queue.length, fields: {site: {value: s}, queue: {value: q}, waiting: w}}
"""
    folder = written(tmp_path, rules=grocery(), map=mapping)
    history = tmp_path / "may.csv"
    history.write_text("t,w\n2026-01-05 09:00,5\n2026-01-05 09:05,2\n2026-01-05 09:09,x\n", encoding="utf-8")
    options = ["--map", str(tmp_path / "map.yaml")] if named else []
    code, found, said = check("check", folder, "--history", str(history), *options)
    assert (code, ids(found.partition("\n\n")[2])) == (1, ["too-few"])
    assert found.startswith("1 of 3 rows could not be read. What follows is of the others alone")
    assert "about 28 of these promises come in the objective's span; it takes 169" in found
    assert "1 of 3 rows could not be read (integer 1)" in said


def test_enough_promises_are_enough(tmp_path: Path) -> None:
    """History with many promises leaves the objective alone, and with few it says how long it takes."""
    lines: list[str] = []
    for minute in range(0, 600, 2):
        for second, waiting in ((0, 5), (30, 1)):
            time = f"2026-01-05T{8 + minute // 60:02}:{minute % 60:02}:{second:02}Z"
            data = {"site": "s", "queue": "q", "waiting": waiting}
            event = {"specversion": "1.0", "id": f"{len(lines)}", "source": "s", "type": "queue.length", "time": time}
            lines.append(json.dumps({**event, "data": data}))
            if waiting == 5:
                opened = {
                    **event,
                    "type": "register.opened",
                    "id": f"o{len(lines)}",
                    "time": time.replace(":00Z", ":20Z"),
                }
                lines.append(json.dumps({**opened, "data": {"site": "s", "queue": "q"}}))
    history = tmp_path / "may.jsonl"
    history.write_text("\n".join(lines), encoding="utf-8")
    folder = written(tmp_path, rules=grocery())
    assert check("check", folder, "--history", str(history))[:2] == (0, "")
    short = written(tmp_path, rules=grocery().replace("over: 28d", "over: 12h"))
    code, found, _ = check("check", short, "--history", str(history), "--strict")
    assert (code, ids(found)) == (1, ["too-few"])
    assert "about 150 of these promises" in found
    assert "fix: write over: 1d" in found


@pytest.mark.parametrize(("budget", "held"), [(2, 0), (1, 6)])
def test_a_budget_is_held_against_what_would_be_told(tmp_path: Path, budget: int, held: int) -> None:
    """History is told second by second: a warning and a broken promise an hour are two messages, and both count.

    Of a budget of one, the digests take what the first message leaves.
    """
    rules = (
        grocery().replace("warn: [50%, 15s before]", "warn: 50%").replace("    objective: {kept: 95%, over: 28d}\n", "")
    )
    ann = f"{{ann: {{addresses: {{mail: ann@shop.example}}, budget: {budget}}}}}"
    policy = f"kept: 1\npeople: {ann}\nroutes: [{{tell: ann, well_for: 1m}}]\n"
    lines: list[str] = []
    for hour in range(6):
        for minute, waiting in ((0, 5), (2, 5)):
            event = {"specversion": "1.0", "source": "s", "type": "queue.length", "id": f"{len(lines)}"}
            data = {"site": "s", "queue": f"q{hour}", "waiting": waiting}
            lines.append(json.dumps({**event, "time": f"2026-01-05T{8 + hour:02}:{minute:02}:00Z", "data": data}))
    history = tmp_path / "may.jsonl"
    history.write_text("\n".join(lines), encoding="utf-8")
    folder = written(tmp_path, rules=rules.replace("severity: page", "severity: ticket"), policy=policy)
    code, found, _ = check("check", folder, "--history", str(history))
    assert (code, ids(found)) == (0, ["over-budget"] if held else [])
    if not held:
        return
    assert f"would get about 12 messages a day, and a budget of 1 an hour holds {held} of them back" in found
    snoozed = policy.replace("{ann", "{\n  # snooze over-budget until 2099-01-01: ann wants it so\n  ann")
    assert check("check", written(tmp_path, policy=snoozed), "--history", str(history), "--strict")[0] == 0
    assert check("check", folder, "--strict")[1:] == ("", "1 standard, 1 policy: no findings.\n")  # and it is not idle


COUNTED = """kept: 1
events: {belt.measured: {belt: text, parcels: integer}, belt.cleared: {belt: text}}
standards:
  no-jam:
    {promise: p, what: w, how: h, why: y, exceptions: e, owner: o, aspect: quality, per: [belt], <MORE>
     when: {event: belt.measured, where: parcels > 40}, expect: belt.cleared, within: 5m,
     unless: {event: belt.measured, where: parcels <= 40}}
"""


@pytest.mark.parametrize(
    ("belts", "counts", "more", "warned"),
    [
        (1, [50, *[9] * 10], "", ["likely-reading"]),
        (1, [50, *[9] * 9], "", []),  # ten times is not yet more
        (1, [50, *[9] * 10] * 2, "", ["likely-reading"]),
        (1, [50, 9] * 11, "", []),  # every second one is a promise
        (11, [50], "", []),  # it comes for many, and once for each
        (1, [9] * 40, "", []),  # nothing was promised, so nothing says what it would be
        (1, [50, *[9] * 10], "again: judged,", []),  # the author has said what is meant
    ],
)
def test_what_comes_often_is_asked_about(
    tmp_path: Path, belts: int, counts: list[int], more: str, warned: list[str]
) -> None:
    """An event that comes more than ten times for each promise and each subject may say how things stand."""
    folder = written(tmp_path, rules=COUNTED.replace("<MORE>", more))
    history = tmp_path / "may.jsonl"
    events = [
        {"specversion": "1.0", "id": f"{belt}-{minute}", "source": "belt", "type": "belt.measured",
         "time": f"2026-01-05T08:{minute:02}:00Z", "data": {"belt": f"b{belt}", "parcels": parcels}}
        for minute, parcels in enumerate(counts) for belt in range(belts)
    ]  # fmt: skip
    history.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    code, found, _ = check("check", folder, "--history", str(history))
    assert (code, ids(found)) == (0, warned)


def test_a_drill_says_who_would_hear_of_a_storm(tmp_path: Path) -> None:
    """Storms are played on the policy: a table of messages, and exit 1 where something would reach nobody."""
    text = "kept: 1\npeople: {ann: {budget: 6}}\nroutes: [{tell: ann}]\n"
    folder = written(tmp_path, rules=grocery(), policy=text)
    code, found, said = check("check", folder, "--policy-drill")
    assert code == 0
    assert "100 tills at once" in found
    assert said == "No promises reached nobody.\n"
    partly = "kept: 1\npeople: {ann: {}}\nroutes: [{match: {site: shop-01}, tell: ann}]\n"
    code, found, said = check("check", written(tmp_path, policy=partly), "--policy-drill")
    assert code == 1
    assert said.endswith("promises reached nobody.\n")
    (tmp_path / "policy.yaml").unlink()
    assert check("check", folder, "--policy-drill")[0] == 2


def test_channels_are_named_or_taken_from_the_settings(tmp_path: Path) -> None:
    """An address of a channel that is not set up is found, where it is known which ones are."""
    text = "kept: 1\npeople: {ann: {addresses: {pager: '5551'}}}\nroutes: [{tell: ann}]\n"
    folder = written(tmp_path, rules=grocery().replace("severity: page", "severity: ticket"), policy=text)
    assert "absent-channel" not in check("check", folder)[1]
    assert "absent-channel" in ids(check("check", folder, "--channels", "mail")[1])
    found = check("check", folder, KEPT_WEBHOOK_URL="https://hook.example/kept")[1]
    assert "give an address of one that is: webhook" in found


def test_a_circle_of_explanations_is_found_however_long(tmp_path: Path) -> None:
    """Three troubles of which each explains the next would all be kept back; a chain of them is as it should be."""
    ids = ("a-way", "b-way", "c-way")
    standard = "{promise: P, what: W, owner: o, per: [site], when: queue.length, expect: register.opened, within: 60s}"
    rules = "kept: 1\nstandards:\n" + "".join(f"  {name}: {standard}\n" for name in ids)
    round_ = [f"{{when: {one}, mute: {two}}}" for one, two in zip(ids, (*ids[1:], ids[0]), strict=True)]
    policy = "kept: 1\npeople: {ann: {addresses: {mail: a@b.example}}}\nroutes: [{tell: ann}]\ninhibit: "
    found = check("check", written(tmp_path, rules=rules, policy=f"{policy}[{', '.join(round_)}]\n"))[1]
    assert found.count("inhibition-circle") == 1
    assert "this one and number 1 and number 2 explain each other" in found
    chain = check("check", written(tmp_path, rules=rules, policy=f"{policy}[{', '.join(round_[:2])}]\n"))[1]
    assert "inhibition-circle" not in chain
