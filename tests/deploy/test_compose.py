"""docker-compose.yml is a Compose file, all that it names exists, and it gives nothing away.

Next: `deployment.py`, which reads it; `test_image.py` for the image that it runs.
"""

import re
import sys
from pathlib import Path

import pytest

from streams.settings import NAMES
from tests.deploy.deployment import (
    COMPOSE,
    GUIDE,
    IMAGE,
    ROOT,
    SECRETS,
    VARIABLE,
    Json,
    compose,
    mounts,
    ours,
    port,
    run,
    services,
    verb,
)

KEPT = Path(sys.executable).parent / "kept"
LISTENS = {"prometheus": "9090", "alertmanager": "9093", "grafana": "3000"}
"""Where the services listen that say so nowhere: their images' own choice."""
each_service = pytest.mark.parametrize("name", sorted(services()))
each_of_ours = pytest.mark.parametrize("name", sorted(ours()))


def check_schema(file: Path) -> str:
    return run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file)


def listened(service: Json) -> set[str]:
    """Give the ports that a service listens to."""
    if service["image"] == IMAGE:
        return {port(service["environment"]["KEPT_LISTEN"])}
    return {port(each) for each in service["environment"]["KAFKA_LISTENERS"].split(",")}


def test_it_is_a_compose_file(tmp_path: Path) -> None:
    """The file keeps to the Compose Specification's own schema; a copy with a slip in it does not."""
    assert "ok" in check_schema(COMPOSE)
    slip = tmp_path / "docker-compose.yml"
    slip.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "health_check:", 1), encoding="utf-8")
    with pytest.raises(AssertionError, match="health_check"):
        check_schema(slip)


def test_variables_are_required_or_have_a_default_and_are_explained() -> None:
    """Only the secrets have to be set; the guide lists each variable, and KEPT_ ones are settings of Kept."""
    text = COMPOSE.read_text(encoding="utf-8")
    found = [match for match in VARIABLE.finditer(text) if match["name"]]
    assert {match["name"] for match in found if match["kind"] == ":?"} == set(SECRETS)
    assert {match["name"] for match in found if match["kind"] is None} == set()
    assert set(re.findall(r"([A-Z_]+)=%s", GUIDE)) == set(SECRETS)
    used = {match["name"] for match in found}
    assert {name for name in used if name.startswith("KEPT_")} <= set(NAMES)
    assert sorted(re.findall(r"^\| `([A-Z_]+)` \|", GUIDE, re.MULTILINE)) == sorted(used)


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_a_missing_secret_stops_everything(missing: str) -> None:
    """Nothing starts with a secret left out, or empty."""
    for given in ({}, {missing: ""}):
        with pytest.raises(KeyError, match=missing):
            compose({name: value for name, value in SECRETS.items() if name != missing} | given)


@each_service
def test_a_service_can_do_little_harm(name: str) -> None:
    """Each service has a read-only root, no privileges, bounds, a restart, a goodbye, and says how it is."""
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "user", "devices"} & set(service)
    assert {"mem_limit", "cpus", "pids_limit", "restart", "stop_grace_period", "logging", "networks"} <= set(service)
    if name == "topics":
        assert service["healthcheck"] == {"disable": True}
    else:
        assert service["image"] == IMAGE or service["healthcheck"]["test"][0] == "CMD"
        assert service["restart"] == "unless-stopped"


def test_ports_are_this_machine_s_own() -> None:
    """Every port is published on 127.0.0.1 alone, once, and leads to where the service listens."""
    published = [(name, each) for name, service in services().items() for each in service.get("ports", [])]
    hosts = []
    for name, each in published:
        address, host, inside = each.split(":")
        assert address == "127.0.0.1"
        assert inside in ({LISTENS[name]} if name in LISTENS else listened(services()[name])), (name, inside)
        hosts.append(host)
    assert len(hosts) == len(set(hosts)) >= 6
    for name, expected in LISTENS.items():
        assert f"127.0.0.1:{expected}/" in services()[name]["healthcheck"]["test"][-1]


@each_service
def test_what_a_service_names_exists(name: str) -> None:
    """Mounted files, volumes, networks and the services waited for are there, with the condition that is waited for."""
    whole, service = compose(), services()[name]
    for source, _, writable in mounts(service):
        if source.startswith("."):
            assert (ROOT / source).exists(), source
            assert not writable, source
        else:
            assert source == "" or source in whole["volumes"]
    assert set(service["networks"]) <= set(whole["networks"])
    for other, wanted in service.get("depends_on", {}).items():
        expected = {"service_healthy"} if other != "topics" else {"service_completed_successfully"}
        assert {wanted["condition"]} == expected
        assert "test" in services()[other].get("healthcheck", {}) or other == "topics"


def test_nothing_is_declared_in_vain_and_no_data_is_shared() -> None:
    """Each volume belongs to one service, each network to some; so two workers never meet in one folder."""
    whole = compose()
    used = [
        source for service in services().values() for source, _, _ in mounts(service) if source[:1] not in ("", ".")
    ]
    assert sorted(used) == sorted(whole["volumes"])
    assert {each for service in services().values() for each in service["networks"]} == set(whole["networks"])


def test_images_are_named_by_version() -> None:
    """Images have a version and no registry's host; ours is built here and never pulled."""
    for name, service in services().items():
        image, _, tag = service["image"].partition(":")
        assert "." not in image, name
        assert tag not in ("", "latest"), name
        assert service.get("pull_policy") == ({"topics": "build"}.get(name, "never") if name in ours() else None)
    assert [name for name, service in services().items() if "build" in service] == ["topics"]
    build = services()["topics"]["build"]
    assert (ROOT / build["context"] / build["dockerfile"]).is_file()


@each_of_ours
def test_a_process_of_ours_accepts_its_settings(name: str) -> None:
    """Each process starts with exactly these settings: the names exist, the values are taken, the paths are mounted."""
    service = services()[name]
    env = {key: value for key, value in service["environment"].items() if key.startswith("KEPT_")}
    assert set(env) <= set(NAMES)
    code = (
        "from streams.settings import read_settings as read; s = read();"
        "print(s.address.host, s.address.port, bool(s.token), *s.standards, *s.kafka.servers, s.kafka.replication)"
    )
    said = run(sys.executable, "-c", code, env=env).split()
    advertised = re.findall(r"PLAINTEXT://([^,]+)", services()["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"])
    assert said == ["0.0.0.0", "8321", "True", "/standards", *advertised, "1"]
    writable = {target: can for _, target, can in mounts(service)}
    assert writable["/standards"] is False
    assert writable["/data"]
    assert writable["/tmp"]


@each_of_ours
def test_a_process_of_ours_is_a_verb(name: str) -> None:
    """Each command exists, with the options that it is given."""
    command = services()[name]["command"]
    words = run(KEPT, command[0], "--help", env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert [option for option in command[1:] if f" {option} " not in words] == []


def test_all_kinds_of_process_run() -> None:
    """The topics are made first; then the intake, two workers and serve run, and wait for both."""
    assert [verb(service) for service in ours().values()] == ["topics", "intake", "worker", "worker", "serve"]
    for name, service in ours().items():
        expected = {"kafka"} if name == "topics" else {"kafka", "topics"}
        assert set(service["depends_on"]) == expected


def test_kafka_is_found_where_it_says_it_is() -> None:
    """Inside, the broker is known by its service's name; outside, by the published port."""
    env = services()["kafka"]["environment"]
    inside, outside = env["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert inside == "PLAINTEXT://kafka:9092"
    assert outside == "HOST://" + ":".join(services()["kafka"]["ports"][0].split(":")[:2])
    listeners = {each.split(":")[0] for each in env["KAFKA_LISTENERS"].split(",")}
    assert {each.split(":")[0] for each in env["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")} == listeners
    voter, _, voted = env["KAFKA_CONTROLLER_QUORUM_VOTERS"].partition("@")
    assert (voter, voted) == (env["KAFKA_NODE_ID"], "kafka:" + port(env["KAFKA_LISTENERS"].split(",")[1]))
    assert (env["KAFKA_LOG_DIRS"], True) in [(target, can) for _, target, can in mounts(services()["kafka"])]


def test_the_standards_that_come_with_it_are_sound() -> None:
    """Without a folder of your own the ready-made packs are judged by, all of them together, and without a finding."""
    (source,) = {source for source, target, _ in mounts(services()["serve"]) if target == "/standards"}
    assert "no findings" in run(KEPT, "check", "--strict", source)
