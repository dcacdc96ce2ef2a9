"""Objectives as rules: the workbook's windows and rates, Sloth's among others, and no alert from a handful of promises.

`sloth/` holds what Sloth v0.16.0 makes of the same objective. Next: `streams/monitoring/burn_rates.py`.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from standards.judge.score import wilson
from streams.metrics.described import Host
from tests.deploy.deployment import HOSTS, Json, run, tool
from tests.streams.commands import kept
from tests.streams.hosting import NO_WAIT

HERE = Path(__file__).parent / "sloth"
CONDITION = re.compile(r"ratio_rate(\w+)\{[^}]*\} > \(([\d.]+) \* ([\d.]+)\)")
MINUTES = {"5m": 5, "30m": 30, "1h": 60, "2h": 120, "6h": 360, "1d": 1440, "3d": 4320}


def made(folder: Path, goal: str = "95%", over: str = "30d", host: Host = "run", text: str = NO_WAIT) -> Path:
    """Print the rules for one standard with a goal, and give the file."""
    standards, file = folder / "standards.yaml", folder / "rules.yml"
    objective = f"    objective: {{kept: {goal}, over: {over}}}\n"
    standards.write_text(text.replace("    per:", f"{objective}    per:"), encoding="utf-8")
    printed = kept("rules", "--host", host, "--standards", str(standards))
    assert printed.returncode == 0, printed.stderr
    file.write_text(printed.stdout, encoding="utf-8")
    return file


def burning(file: Path) -> list[Json]:
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"] if rule.get("alert") == "KeptErrorBudgetBurn"]


def pairs(rules: list[Json]) -> set[tuple[str, str, str, float, float]]:
    """Give severity, long and short window, burn rate and budget of each pair of windows that must both burn."""
    found = set()
    for rule in rules:
        conditions = CONDITION.findall(rule["expr"])
        assert len(conditions) % 2 == 0
        for one, other in zip(conditions[::2], conditions[1::2], strict=True):
            assert one[1:] == other[1:], "both windows are held against one threshold"
            short, long = sorted((one[0], other[0]), key=MINUTES.__getitem__)
            found.add((rule["labels"]["severity"], long, short, round(float(one[1]), 3), round(float(one[2]), 3)))
    return found


def test_what_disturbs_nobody_raises_no_alert(tmp_path: Path) -> None:
    """A standard of severity info has a goal, and no alert on it; the head of the file says so."""
    file = made(tmp_path, text=NO_WAIT.replace("    aspect:", "    severity: info\n    aspect:"))
    assert burning(file) == []
    assert "no-wait: nobody is told at once (severity: info)" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("over", ["30d", "28d"])
def test_windows_rates_and_shape_are_those_of_sloth(over: str, tmp_path: Path) -> None:
    """Of one objective Sloth and Kept make the same pairs of windows, at the same burn rates, with the same severity.

    Kept adds three conditions to each pair, and has one rule for each, where Sloth joins two by `or`.
    """
    theirs = burning_as_sloth(HERE / f"{over}.yml")
    ours = burning(made(tmp_path, over=over))
    assert pairs(ours) == pairs(theirs)
    assert len(pairs(ours)) == 4
    for rule in ours:
        ratio, other, low, *counts = rule["expr"].split("\nand ")
        assert all("ratio_rate" in each for each in (ratio, other))
        assert "ratio_low" in low
        assert all("judged" in each for each in counts)
        assert len(counts) == 2


def burning_as_sloth(file: Path) -> list[Json]:
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


@pytest.mark.parametrize("over", ["30d", "28d"])
def test_what_sloth_made_is_what_it_makes(over: str) -> None:
    """Where Sloth is installed, it prints the alerts that are kept here."""
    sloth = shutil.which("sloth")
    if sloth is None:
        pytest.skip("sloth is not installed; what v0.16.0 printed stands in tests/deploy/sloth")
    text = run(sloth, "generate", "-i", HERE / "spec.yaml", f"--default-slo-period={over}", only_out=True)
    printed = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"] if "alert" in rule]
    assert printed == burning_as_sloth(HERE / f"{over}.yml")


def test_at_thirty_days_the_rates_are_the_workbooks(tmp_path: Path) -> None:
    """14.4 within an hour, 6 within six, 3 within a day, 1 within three."""
    rates = {long: rate for _, long, _, rate, _ in pairs(burning(made(tmp_path)))}
    assert rates == {"1h": 14.4, "6h": 6, "1d": 3, "3d": 1}


@pytest.mark.parametrize(
    ("goal", "over", "windows"),
    [("99%", "30d", 4), ("90%", "30d", 3), ("80%", "30d", 2), ("95%", "7d", 4), ("95%", "1h", 4), ("95%", "90d", 3)],
)
def test_no_alert_that_could_never_fire(goal: str, over: str, windows: int, tmp_path: Path) -> None:
    """Where everything broken is no such burn rate there is no such alert, and the file says so."""
    file = made(tmp_path, goal, over)
    found = burning(file)
    assert len(found) == windows
    assert all(rate * budget < 1 for *_, rate, budget in pairs(found))
    assert ("could fire" in file.read_text(encoding="utf-8")) is (windows < 4)


def series(kind: str, values: str, instance: str = "a:8321") -> Json:
    labels = f'job="kept", standard="no-wait", owner="floor-lead", kind="{kind}", instance="{instance}"'
    return {"series": f"kept_promises_total{{{labels}}}", "values": values}


def burning_at(window: str, share: str, broken: int, judged: int, severity: str) -> Json:
    """Give the alert that is expected, with its labels and words."""
    rate = {"1h": "14.4", "6h": "6", "1d": "3", "3d": "1"}[window]
    labels = {"severity": severity, "owner": "floor-lead", "aspect": "speed", "window": window, "standard": "no-wait"}
    summary = (
        f"no-wait: {share} of its promises were broken within {window}; its goal of 95 % bears 5 % "
        f"(burn rate above {rate})"
    )
    sure = (
        f"{interval(broken, judged)} broken, by the 95 % interval; about {judged} promises were judged; "
        "first verdicts, whatever was corrected or excused later"
    )
    notes = {"summary": summary, "interval": sure, "what_to_do": "docs/deploy.md, KeptErrorBudgetBurn"}
    return {"exp_labels": labels, "exp_annotations": notes}


def interval(broken: int, judged: int) -> str:
    low, high = wilson(broken, judged)
    return f"{100 * low:.4g}% to {100 * high:.4g}%"


def fire(at: str, *alerts: Json) -> Json:
    return {"eval_time": at, "alertname": "KeptErrorBudgetBurn", "exp_alerts": list(alerts)}


WINDOWS = {"1h": "page", "6h": "page", "1d": "warning", "3d": "warning"}
STORIES: list[tuple[str, list[Json], list[Json]]] = [
    ("all is well, and one of a hundred is broken",
     [series("kept", "0+99x600"), series("broken", "0+1x600")], [fire("1h"), fire("9h")]),
    ("three promises, all broken, prove nothing",
     [series("kept", "0x600"), series("broken", "0x30 1x5 2x5 3x500")], [fire("45m"), fire("6h"), fire("8h")]),
    ("nine of nine are too few as well",
     [series("kept", "0x600"), series("broken", "0x30 0+1x8 9x500")], [fire("42m")]),
    ("nine of nine are too few for a Prometheus that has just begun, too: increase() makes more of them",
     [series("kept", "_x30 0x500"), series("broken", "_x30 100 103 106 109x500")], [fire("33m"), fire("34m")]),
    ("two of twenty can be chance, where the goal bears one",
     [series("kept", "0x30 0+2x8 18x500"), series("broken", "0x33 1x4 2x500")], [fire("40m"), fire("6h")]),
    # At rest for a minute before it is looked at: promtool takes the groups of rules in any order.
    ("a rush in which all is broken pages, and it ends",
     [series("kept", "0x60 0+1x600"), series("broken", "0+1x57 57x600")],
     [fire("8m"), fire("59m", *(burning_at(it, "100%", 57, 57, severity) for it, severity in WINDOWS.items())),
      fire("8h")]),
    ("twice as many as the goal bears, for days, is a ticket",
     [series("kept", "0+9x6000"), series("broken", "0+1x6000")],
     [fire("98h", burning_at("3d", "10%", 4320, 43200, "warning"))]),
    ("each of two kept serve counts all of it",
     [series("kept", "0+99x600", each) for each in ("a:8321", "b:8321")]
     + [series("broken", "0+1x600", each) for each in ("a:8321", "b:8321")], [fire("9h")]),
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("name", "given", "told"), STORIES, ids=[name for name, *_ in STORIES])
def test_a_budget_burns(name: str, given: list[Json], told: list[Json], host: Host, tmp_path: Path) -> None:
    """An alert comes for what chance does not explain, with its interval, and for nothing less."""
    file = made(tmp_path, host=host)
    test = {"name": name, "interval": "1m", "input_series": given, "alert_rule_test": told}
    played = {"rule_files": [str(file)], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "played.yml").write_text(yaml.safe_dump(played), encoding="utf-8")
    assert "SUCCESS" in run(tool("promtool"), "test", "rules", tmp_path / "played.yml")


@pytest.mark.parametrize("owner", ["{{ $value }}", '{{{ end }}} "lead" $job', "{{"])
def test_an_owner_is_named_as_the_author_wrote_it(owner: str, tmp_path: Path) -> None:
    """Prometheus reads labels as templates, and no name is one: the alert comes, and says whose it is."""
    file = made(tmp_path, text=NO_WAIT.replace("owner: floor-lead", f"owner: {owner!r}"))
    expected = [burning_at(window, "100%", 57, 57, severity) for window, severity in WINDOWS.items()]
    for each in expected:
        each["exp_labels"]["owner"] = owner
    given = [series("broken", "0+1x57 57x600")]  # at rest for a minute, as above
    test = {"interval": "1m", "input_series": given, "alert_rule_test": [fire("59m", *expected)]}
    played = {"rule_files": [str(file)], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "played.yml").write_text(yaml.safe_dump(played), encoding="utf-8")
    assert "SUCCESS" in run(tool("promtool"), "test", "rules", tmp_path / "played.yml")
