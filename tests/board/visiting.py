"""Somebody who asks a board for pages and sends its forms, without a browser.

Knows: cookies and forms. Must not know: what any test expects. Read next: `serving.py`.
"""

from __future__ import annotations

from urllib.parse import urlencode

from tests.board.serving import Served

FORM = "application/x-www-form-urlencoded"


class Visitor:
    """Somebody with cookies who follows no redirects."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.cookie = ""

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        return self.served.do(self._ask(path, form, headers))

    async def _ask(
        self, path: str, form: dict[str, str] | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], str]:
        sent = {**({"Cookie": self.cookie} if self.cookie else {}), **headers}
        data = None if form is None else urlencode(form).encode()
        if form is not None:
            sent.setdefault("Content-Type", FORM)
        session, url = self.served.caller.session, self.served.url + path
        async with session.request(
            "GET" if form is None else "POST", url, data=data, headers=sent, allow_redirects=False
        ) as answer:
            given = answer.headers.get("Set-Cookie", "")
            if given:
                self.cookie = given.partition(";")[0]
            return answer.status, dict(answer.headers), await answer.text()

    def enter(self, token: str, name: str = "Ania") -> int:
        return self.ask("/sign-in", {"token": token, "name": name, "next": "/debriefs"})[0]
