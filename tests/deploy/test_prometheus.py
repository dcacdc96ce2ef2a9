"""Prometheus and Alertmanager take their files, every alert fires when it should, and what is asked for exists.

Next: `rules_test.yml`, which plays the alerts; `test_scraping.py`, where a real Prometheus reads a real Kept.
"""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.deploy.deployment import (
    DEPLOY,
    GUIDE,
    alerts,
    labels_in,
    metrics,
    mounts,
    names_in,
    ours,
    panels,
    port,
    read_yaml,
    run,
    services,
    tool,
    verb,
)

PLAYED = Path(__file__).with_name("rules_test.yml")


def test_prometheus_takes_its_files(tmp_path: Path) -> None:
    """Promtool finds the configuration and the rules right, with the token where the service puts it."""
    shutil.copytree(DEPLOY / "prometheus", tmp_path / "there")
    config = tmp_path / "there" / "prometheus.yml"
    token = tmp_path / "token"
    token.write_text("a-long-secret", encoding="utf-8")
    config.write_text(config.read_text(encoding="utf-8").replace("/run/kept/token", str(token)), encoding="utf-8")
    words = run(tool("promtool"), "check", "config", "--lint=all", "--lint-fatal", config)
    assert f"{len(alerts())} rules found" in words


def test_alertmanager_takes_its_file() -> None:
    """Amtool finds the configuration right, and an alert of ours has somewhere to go."""
    config = DEPLOY / "alertmanager" / "alertmanager.yml"
    run(tool("amtool"), "check-config", config)
    words = run(tool("amtool"), "config", "routes", "test", f"--config.file={config}", "alertname=KeptDown")
    assert "ops" in words.split()


def test_alertmanager_silences_only_what_there_is() -> None:
    """The alerts that stand in for others exist, and so do those others."""
    rules = read_yaml("alertmanager/alertmanager.yml")["inhibit_rules"]
    named = [re.findall(r"Kept\w+", text) for rule in rules for key in rule if "match" in key for text in rule[key]]
    assert len(named) == 2 * len(rules)
    assert {name for names in named for name in names} <= set(alerts())


def test_the_alerts_fire_when_they_should() -> None:
    """Played against made-up series, each alert fires for whom it should and stays silent otherwise."""
    assert "SUCCESS" in run(tool("promtool"), "test", "rules", PLAYED)
    played = [
        test
        for group in yaml.safe_load(PLAYED.read_text(encoding="utf-8"))["tests"]
        for test in group["alert_rule_test"]
    ]
    for firing in (True, False):
        assert {test["alertname"] for test in played if bool(test.get("exp_alerts")) is firing} == set(alerts())


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_is_explained(name: str) -> None:
    """The guide has a section for each alert, which the alert names; and what it asks for, Kept exposes."""
    rule = alerts()[name]
    assert rule["annotations"]["what_to_do"] == f"docs/deploy.md, {name}"
    assert rule["labels"]["severity"] in ("page", "warning")
    assert f"\n### {name}\n" in GUIDE
    check_query(rule["expr"])


def check_query(query: str) -> None:
    known = metrics()
    names = names_in(query)
    assert names
    assert names <= set(known)
    assert labels_in(query) <= set.union(*(known[name] for name in names))


def test_the_guide_explains_no_alert_that_is_not() -> None:
    """Every section about an alert is about one that there is."""
    assert sorted(re.findall(r"^### (Kept\w+)$", GUIDE, re.MULTILINE)) == sorted(alerts())


def test_a_query_is_read_rightly() -> None:
    """Names and labels are found in a query, and nothing else is taken for one."""
    query = 'sum by (le, process) (rate(kept_a_bucket{x="1", y=~"b.c"}[5m])) / on (z) up offset 15m or vector(0)'
    assert names_in(query) == {"kept_a_bucket", "up"}
    assert labels_in(query) == {"le", "process", "x", "y", "z"}
    with pytest.raises(AssertionError):
        check_query("sum(rate(kept_no_such_total[5m]))")
    with pytest.raises(AssertionError):
        check_query("sum by (customer) (kept_open_promises)")


def test_all_our_processes_are_scraped() -> None:
    """The targets are our lasting services, where they listen, under the name of their verb, within reach."""
    job = next(each for each in read_yaml("prometheus/prometheus.yml")["scrape_configs"] if each["job_name"] == "kept")
    targets = {target: each["labels"] for each in job["static_configs"] for target in each["targets"]}
    lasting = {name: service for name, service in ours().items() if verb(service) != "topics"}
    assert targets == {
        f"{name}:{port(service['environment']['KEPT_LISTEN'])}": {"process": verb(service)}
        for name, service in lasting.items()
    }
    for service in lasting.values():
        assert set(service["networks"]) & set(services()["prometheus"]["networks"])


def test_prometheus_finds_its_files_and_alertmanager() -> None:
    """What the command names is mounted where it is named; alerts go to the service that takes them."""
    config, service = read_yaml("prometheus/prometheus.yml"), services()["prometheus"]
    (command,) = service["command"]
    mounted = {target: (source, can) for source, target, can in mounts(service)}
    assert "--config.file=/etc/prometheus/prometheus.yml " in command
    assert mounted["/etc/prometheus"] == ("./deploy/prometheus", False)
    assert all((DEPLOY / "prometheus" / name).is_file() for name in config["rule_files"])
    assert mounted[re.findall(r"storage.tsdb.path=(\S+)", command)[0]][1]
    token = next(each for each in config["scrape_configs"] if each["job_name"] == "kept")["authorization"][
        "credentials_file"
    ]
    assert f'printf %s "$KEPT_TOKEN" > {token} ' in command
    assert mounted[str(Path(token).parent)] == ("", True)
    assert service["environment"]["KEPT_TOKEN"] == ours()["serve"]["environment"]["KEPT_TOKEN"]
    (receiving,) = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    assert f"127.0.0.1:{port(receiving)}/" in services()[receiving.split(":")[0]]["healthcheck"]["test"][-1]


def test_alertmanager_finds_its_files() -> None:
    """What its command names is mounted where it is named."""
    service = services()["alertmanager"]
    mounted = {target: (source, can) for source, target, can in mounts(service)}
    options = dict(option.removeprefix("--").split("=", 1) for option in service["command"])
    assert mounted[str(Path(options["config.file"]).parent)] == ("./deploy/alertmanager", False)
    assert mounted[options["storage.path"]][1]


def test_the_board_and_the_alerts_ask_in_promql(tmp_path: Path) -> None:
    """Promtool can read every query of the board."""
    texts = [target["expr"] for panel in panels() for target in panel["targets"]]
    plain = [re.sub(r"\$__\w+", "5m", text).replace("$standard", ".*") for text in texts]
    rules = [{"record": f"board:query:{number}", "expr": text} for number, text in enumerate(plain)]
    file = tmp_path / "board.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}), encoding="utf-8")
    assert f"{len(texts)} rules found" in run(tool("promtool"), "check", "rules", file)
