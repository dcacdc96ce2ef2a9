"""A real Prometheus, started as in docker-compose.yml with the files of deploy/, reads a real Kept that wants a token.

Next: `test_prometheus.py` for the same files without running anything.
"""

import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.deploy.deployment import DEPLOY, ROOT, ours, rules, services, tool
from tests.deploy.running import answering, free_port

TOKEN = "a-long$ecret with 'quotes'"
KEPT = Path(sys.executable).parent / "kept"
WAY = "http://127.0.0.1:{}{}"


def placed(folder: Path, *, kept: int, own: int) -> list[str]:
    """Give the service's command with its paths in a folder, and its one target that runs here."""
    shutil.copytree(DEPLOY / "prometheus", folder / "etc")
    (folder / "run").mkdir()
    (folder / "data").mkdir()
    config = folder / "etc" / "prometheus.yml"
    text = config.read_text(encoding="utf-8").replace("/run/kept", str(folder / "run"))
    text = text.replace("serve:8321", f"127.0.0.1:{kept}").replace("127.0.0.1:9090", f"127.0.0.1:{own}")
    text = re.sub(r"(?:intake|worker-\d):8321", "127.0.0.1:1", text).replace("alertmanager:9093", "127.0.0.1:1")
    config.write_text(text, encoding="utf-8")
    service = services()["prometheus"]
    (line,) = service["command"]
    for there, here in (
        ("/run/kept", folder / "run"), ("/etc/prometheus", folder / "etc"), ("=/prometheus ", f"={folder / 'data'} "),
        ("/bin/prometheus", tool("prometheus")),
    ):  # fmt: skip
        assert there in line
        line = line.replace(there, str(here), 1)
    return [*service["entrypoint"], f"{line} --web.listen-address=127.0.0.1:{own}"]


@pytest.mark.slow
def test_prometheus_reads_kept_with_the_token(tmp_path: Path) -> None:
    """With the token from its environment Prometheus gets the metrics, loads the rules, and sees who is down."""
    kept, own = free_port(), free_port()
    env = {"PATH": os.environ["PATH"], "KEPT_TOKEN": TOKEN}
    command = [str(KEPT), "run", "--plain", "--standards", str(ROOT / "standards" / "packs" / "grocery.yaml")]
    command += ["--data", str(tmp_path / "kept"), "--listen", f"127.0.0.1:{kept}"]
    with (
        answering(command, WAY.format(kept, "/healthz"), env=env),
        answering(placed(tmp_path, kept=kept, own=own), WAY.format(own, "/-/healthy"), env=env) as server,
    ):
        query = WAY.format(own, "/api/v1/query?query=")
        ready = server.until(query + "kept_ready", lambda answer: bool(answer["data"]["result"]))
        assert [(each["metric"]["process"], each["value"][1]) for each in ready["data"]["result"]] == [("serve", "1")]
        down = quote('count by (process) (up{job="kept"} == 0)')
        found = server.until(query + down, lambda answer: len(answer["data"]["result"]) == len({"intake", "worker"}))
        assert {each["metric"]["process"] for each in found["data"]["result"]} == {"intake", "worker"}
        groups = server.until(WAY.format(own, "/api/v1/rules"), lambda _: True)["data"]["groups"]
        assert {rule["name"] for group in groups for rule in group["rules"]} == {
            each.get("alert") or each["record"] for each in rules("kafka")
        }
    secret = tmp_path / "run" / "token"
    assert secret.read_text(encoding="utf-8") == TOKEN
    assert secret.stat().st_mode & 0o077 == 0
    assert ours()["serve"]["environment"]["KEPT_LISTEN"].endswith(":8321")
