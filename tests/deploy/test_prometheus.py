"""Prometheus and Alertmanager take their files, and find in the deployment what these name.

Next: `test_rules.py` for the alerts; `test_scraping.py`, where a real Prometheus reads a real Kept.
"""

import re
import shutil
from pathlib import Path

from tests.deploy.deployment import (
    DEPLOY,
    mounts,
    ours,
    port,
    read_yaml,
    rules,
    run,
    services,
    tool,
    verb,
)


def test_prometheus_takes_its_files(tmp_path: Path) -> None:
    """Promtool finds the configuration and the rules right, with the token where the service puts it."""
    shutil.copytree(DEPLOY / "prometheus", tmp_path / "there")
    config = tmp_path / "there" / "prometheus.yml"
    token = tmp_path / "token"
    token.write_text("a-long-secret", encoding="utf-8")
    config.write_text(config.read_text(encoding="utf-8").replace("/run/kept/token", str(token)), encoding="utf-8")
    words = run(tool("promtool"), "check", "config", "--lint=all", "--lint-fatal", config)
    assert f"{len(rules('kafka'))} rules found" in words


def test_alertmanager_takes_its_file() -> None:
    """Amtool finds the configuration right, and an alert of ours has somewhere to go."""
    config = DEPLOY / "alertmanager" / "alertmanager.yml"
    run(tool("amtool"), "check-config", config)
    words = run(tool("amtool"), "config", "routes", "test", f"--config.file={config}", "alertname=KeptDown")
    assert "ops" in words.split()


def test_alertmanager_silences_only_what_there_is() -> None:
    """The alerts that stand in for others exist, and so do those others."""
    found = read_yaml("alertmanager/alertmanager.yml")["inhibit_rules"]
    named = [
        re.findall(r"Kept\w+", text)
        for rule in found
        for key in rule
        if "match" in key
        for text in rule[key]
        if "alertname" in text
    ]
    assert len(named) == 2 * len(found)
    assert {name for names in named for name in names} <= {rule["alert"] for rule in rules("kafka") if "alert" in rule}


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
