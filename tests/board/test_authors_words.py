"""What an author wrote in several languages stands on the board in its reader's."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from tests.board.serving import Served, fill, owed
from tests.board.visiting import Visitor
from tests.streams.hosting import NO_WAIT, shop

SAID = {
    "promise": ("You will never stand behind more than three people.", "Vor Ihnen stehen nie mehr als drei Personen."),
    "what": ("Open the next register.", "Die nächste Kasse öffnen."),
    "how": ("Call the next name on the standby list.", "Den nächsten Namen der Rufliste anrufen."),
}


EXCEPTIONS = '"Kassenausfall oder Feueralarm. Die Schichtleitung darf eine gewähren."'


@pytest.mark.parametrize("language", ["en", "de", "pl"])
def test_an_authors_words_are_in_the_readers_language(tmp_path: Path, language: str) -> None:
    """Who reads German gets the German words of the standard, on every page that says them; others the English ones."""
    text = NO_WAIT
    text = text.replace("exceptions: Till outage.", f"exceptions: {{en: Till outage., de: {EXCEPTIONS}}}")
    for key, (english, german) in SAID.items():
        text = text.replace(f"{key}: {english}", f'{key}: {{en: "{english}", de: "{german}"}}')
    with Served(tmp_path, standards=shop(tmp_path, text)) as served:
        fill(served)
        visitor, promise = Visitor(served), next(iter(owed(served).values()))
        shown = {
            path: visitor.ask(path, None, **{"Accept-Language": language})[2]
            for path in ("/", "/wall", f"/promises/{promise}", "/standards", "/standards/no-wait")
        }
    here, there = (1, 0) if language == "de" else (0, 1)
    for path, page in shown.items():
        assert any(said[here] in page for said in SAID.values()), path
        if not path.startswith("/promises/"):  # which shows the rule as it is written, too
            assert not any(said[there] in page for said in SAID.values()), path
    assert all(said[here] in shown["/"] for said in SAID.values())
    reasons = {"Kassenausfall", "Feueralarm"} if language == "de" else {"Till outage"}
    assert set(re.findall(r"[?&;]reason=([^&\"]+)", unquote_plus(shown["/"]))) == reasons
    assert all(f">{reason}<" in shown[f"/promises/{promise}"] for reason in reasons)
