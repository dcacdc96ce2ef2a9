"""The board's files: its style and scripts, its icons, and what makes it an app on a phone. They hold no secret.

A page names them with a mark of what is in them, so that a browser keeps them until they change. The worker and the
manifest have to be asked for anew: browsers know them by their bare names. Read next: `streams/board/shell.py`.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Final

from aiohttp import web

FILES: Final = {
    "board.css": "text/css", "board.js": "text/javascript", "push.js": "text/javascript",
    "worker.js": "text/javascript", "kept.webmanifest": "application/manifest+json", "board.svg": "image/svg+xml",
    "icon-192.png": "image/png", "icon-512.png": "image/png", "icon-full.png": "image/png",
}  # fmt: skip
_FOLDER: Final = Path(__file__).parents[2] / "board"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


class Files:
    """Answers with the files. `mark` says what is in them all."""

    def __init__(self) -> None:
        self._files = {name: (_FOLDER / name).read_bytes() for name in FILES}
        self.mark = blake2b(b"".join(self._files.values()), digest_size=6).hexdigest()

    def routes(self) -> list[web.RouteDef]:
        """Give the files' routes."""
        return [web.get(f"/{name}", self._file) for name in FILES]

    async def _file(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/")
        lasting = _FOR_EVER if request.query_string == self.mark else "no-cache"
        return web.Response(
            body=self._files[name], content_type=FILES[name], headers={"Cache-Control": lasting},
            charset=None if FILES[name] == "image/png" else "utf-8",
        )  # fmt: skip
