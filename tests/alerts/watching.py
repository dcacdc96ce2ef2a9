"""A real Alertmanager on this machine, of the Debian package that the Makefile unpacks where none is installed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgspec

from tests.deploy.deployment import tool
from tests.deploy.running import answering

CONFIG = """
route: {receiver: shop, group_by: [alertname, subject], group_wait: 0s}
receivers: [{name: shop}]
"""


class Shown(msgspec.Struct):
    """An alert that is not over, as Alertmanager shows it."""

    labels: dict[str, str]
    annotations: dict[str, str]
    startsAt: str  # noqa: N815 - the API's names
    endsAt: str  # noqa: N815 - the same
    updatedAt: str  # noqa: N815 - the same


class Watcher:
    """A running Alertmanager."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def alerts(self) -> list[Shown]:
        """Give the alerts that are not over."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/api/v2/alerts") as answer:
            return msgspec.json.decode(await answer.read(), type=list[Shown])


@contextmanager
def watcher(folder: Path, url: str) -> Iterator[Watcher]:
    """Run one at an address of this machine, with nothing in its memory."""
    folder.mkdir(exist_ok=True)
    (folder / "alertmanager.yml").write_text(CONFIG, encoding="utf-8")
    command = [*_program(), f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data"]
    command += [f"--web.listen-address={urlsplit(url).netloc}", "--cluster.listen-address="]
    with answering(command, f"{url}/-/ready", env={"PATH": os.environ["PATH"]}):
        yield Watcher(url)


def _program() -> list[str]:
    """Give how to start it. Debian's looks for its templates in /usr/share: where it was unpacked, it gets its own."""
    if upstream := shutil.which("alertmanager"):
        return [upstream]
    program = Path(tool("prometheus-alertmanager")).resolve()
    share = program.parent.parent / "share"
    if share == Path("/usr/share"):
        return [str(program)]
    inside = 'mount --bind "$0" /usr/share && exec "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", inside, str(share), str(program)]
