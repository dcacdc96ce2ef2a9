"""The rules fit the host they are for, are what the command prints, and each alert fires on its fault alone.

Next: `rules_both_test.yml` and its neighbours, which play the alerts; `test_burn_rates.py` for objectives.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from streams.metrics.described import Host, metrics_on
from tests.deploy.deployment import DEPLOY, GUIDE, HOSTS, Json, check_query, names_in, rules, run, tool
from tests.streams.commands import kept

HERE = Path(__file__).parent
RULES = {"run": "rules-run.yml", "kafka": "rules-kafka.yml"}


def alerts(host: Host) -> dict[str, Json]:
    """Give the alerts of a host that stand for themselves, by name: those on error budgets are made by standard."""
    return {rule["alert"]: rule for rule in rules(host) if "alert" in rule and rule["alert"] != "KeptErrorBudgetBurn"}


@pytest.mark.parametrize("host", HOSTS)
def test_the_files_are_what_the_command_prints(host: Host) -> None:
    """What is shipped is made: the first line of each file is the command that prints it today."""
    text = (DEPLOY / "prometheus" / RULES[host]).read_text(encoding="utf-8")
    command = text.partition("\n")[0].removeprefix("# Made by: kept ").split()
    printed = kept(*command)
    assert (printed.returncode, printed.stdout) == (0, text)


@pytest.mark.parametrize("host", HOSTS)
def test_promtool_takes_the_rules(host: Host) -> None:
    """Promtool finds nothing wrong with the rules, and nothing doubtful."""
    file = DEPLOY / "prometheus" / RULES[host]
    assert "rules found" in run(tool("promtool"), "check", "rules", "--lint=all", "--lint-fatal", file)


@pytest.mark.parametrize("host", HOSTS)
def test_no_rule_waits_for_what_the_host_never_tells(host: Host) -> None:
    """Each rule asks only for series that this host's processes tell, or that the rules record."""
    told = {name for metric in metrics_on(host).values() for name in metric.series} | {"up"}
    recorded = {rule["record"] for rule in rules(host) if "record" in rule}
    for rule in rules(host):
        assert names_in(rule["expr"]) <= told | recorded, rule
        check_query(rule["expr"], recorded)


@pytest.mark.parametrize("host", HOSTS)
def test_the_alerts_fire_when_they_should(host: Host, tmp_path: Path) -> None:
    """Played against made-up series, each alert fires for whom it should; where all is well, none does."""
    played = []
    for name in ("both", host):
        text = (HERE / f"rules_{name}_test.yml").read_text(encoding="utf-8")
        file = tmp_path / f"{name}.yml"
        file.write_text(text.replace("RULES", str(DEPLOY / "prometheus" / RULES[host])), encoding="utf-8")
        assert "SUCCESS" in run(tool("promtool"), "test", "rules", file)
        played += [test for group in yaml.safe_load(text)["tests"] for test in group.get("alert_rule_test", [])]
    assert {test["alertname"] for test in played if test.get("exp_alerts")} == set(alerts(host))


@pytest.mark.parametrize("host", HOSTS)
def test_an_alert_is_explained(host: Host) -> None:
    """The guide has a section for each alert, which the alert names."""
    for rule in rules(host):
        if "alert" in rule:
            assert rule["annotations"]["what_to_do"] == f"docs/deploy.md, {rule['alert']}"
            assert rule["labels"]["severity"] in ("page", "warning")
            assert f"\n### {rule['alert']}\n" in GUIDE


def test_the_guide_explains_no_alert_that_is_not() -> None:
    """Every section about an alert is about one that there is on some host."""
    named = {rule["alert"] for host in HOSTS for rule in rules(host) if "alert" in rule}
    assert sorted(re.findall(r"^### (Kept\w+)$", GUIDE, re.MULTILINE)) == sorted(named)


def test_another_job_can_be_named() -> None:
    """Who scrapes Kept under a name of their own gets rules for that name."""
    text = kept("rules", "--job", "shops").stdout
    assert 'up{job="shops"} == 0' in text
    assert 'job="kept"' not in text
    assert 'kept_ready{job="shops"} == 0' in text
    assert 'kept_deliveries_total{job="shops", result="failed"}[15m]' in text
    assert text.startswith("# Made by: kept rules --host run --job shops\n")
    refused = kept("rules", "--job", 'a"} or up{b="c')
    assert (refused.returncode, "is not a valid name of a job" in refused.stderr) == (2, True)


def test_a_runbook_can_be_linked() -> None:
    """Who has the guide on a page of their own gets a link to each alert's part, and no other address is taken."""
    made = yaml.safe_load(kept("rules", "--runbook", "https://ops.example/kept").stdout)
    for rule in made["groups"][0]["rules"]:
        assert rule["annotations"]["runbook_url"] == f"https://ops.example/kept#{rule['alert'].lower()}"
    assert kept("rules", "--runbook", "{{ evil }}").returncode == 2


def test_a_query_is_read_rightly() -> None:
    """Names and labels are found in a query, and nothing else is taken for one."""
    query = 'sum by (le, process) (rate(kept_a_bucket{x="1", y=~"b.c"}[5m])) / on (z) up offset 15m or vector(0)'
    assert names_in(query) == {"kept_a_bucket", "up"}
    with pytest.raises(AssertionError):
        check_query("sum(rate(kept_no_such_total[5m]))")
    with pytest.raises(AssertionError):
        check_query("sum by (customer) (kept_open_promises)")
