"""Settings: what the environment may say, and what is said when it is wrong."""

import pytest

from standards.errors import SpecError
from streams.settings import read_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "LISTEN", "TOKEN", "STANDARDS", "LATENESS", "GRACE", "WEBHOOK_URL", "WEBHOOK_SECRET"):
        monkeypatch.delenv(f"KEPT_{name}", raising=False)


def test_without_any_setting_only_this_machine_is_served() -> None:
    """Out of the box nothing is open to the network, and the data lies beside where it was started."""
    settings = read_settings()
    assert (settings.address.host, settings.address.port, settings.address.loopback) == ("127.0.0.1", 8321, True)
    assert str(settings.data) == "kept-data"
    assert (settings.lateness, settings.grace, settings.max_skew) == (1_000_000, 2_000_000, 300_000_000)


def test_the_environment_is_read_and_options_go_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`KEPT_*` counts, and what was said on the command line counts more."""
    monkeypatch.setenv("KEPT_GRACE", "1m30s")
    monkeypatch.setenv("KEPT_STANDARDS", "rules, more/rules.yaml")
    monkeypatch.setenv("KEPT_LISTEN", "[::1]:99")
    settings = read_settings(grace=None, lateness="500ms", listen="localhost:1")
    assert settings.grace == 90_000_000
    assert settings.lateness == 500_000
    assert settings.standards == ("rules", "more/rules.yaml")
    assert settings.address == ("localhost", 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"grace": "2"}, "KEPT_GRACE: '2' has no unit; write 2s, 2m or 2h"),
        ({"grace": "400d"}, "KEPT_GRACE: 400d is out of bounds; the limit is 366d"),
        ({"listen": "8321"}, "KEPT_LISTEN: '8321' is no place to listen; write host:port, as in 127.0.0.1:8321"),
        ({"listen": "::1:70000"}, "KEPT_LISTEN: '::1:70000' is no place to listen; write host:port"),
        ({"zone": "Europe/Warszawa"}, "KEPT_ZONE: 'Europe/Warszawa' is no time zone; write one like Europe/Warsaw"),
        ({"webhook_url": "ftp://x"}, "KEPT_WEBHOOK_URL: this is no web address; begin it with https://"),
        ({"webhook_secret": "whsec_???"}, "KEPT_WEBHOOK_SECRET: what follows whsec_ is no base64"),
        ({"backlog": "0"}, "KEPT_BACKLOG: input should be greater than or equal to 1"),
        ({"log_format": "xml"}, "KEPT_LOG_FORMAT: input should be 'text' or 'json'"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_fix_it(given: dict[str, str], message: str) -> None:
    """A slip in a setting is told by its name in the environment, with what was found and what would fix it."""
    with pytest.raises(SpecError) as caught:
        read_settings(**given)
    assert message in str(caught.value)


def test_all_wrong_settings_are_named_at_once() -> None:
    """Nobody has to start five times to find five slips."""
    with pytest.raises(SpecError) as caught:
        read_settings(grace="soon", listen="nowhere", webhook_url="x")
    assert len(caught.value.findings) == 3


@pytest.mark.parametrize("listen", ["0.0.0.0:8321", "[::]:8321", "shop.example:80"])
def test_an_open_door_needs_a_token(listen: str) -> None:
    """What other machines can reach is refused without a token, with both ways out; with one it is fine."""
    with pytest.raises(SpecError, match=r"set KEPT_TOKEN to a long secret, or listen on 127\.0\.0\.1"):
        read_settings(listen=listen)
    with pytest.raises(SpecError, match="set KEPT_TOKEN"):
        read_settings(listen=listen, token="")
    assert not read_settings(listen=listen, token="open sesame").address.loopback


def test_secrets_do_not_show() -> None:
    """Settings can be logged: neither the token nor the webhook's secret is in them."""
    shown = repr(read_settings(token="open sesame", webhook_secret="hush"))
    assert "sesame" not in shown
    assert "hush" not in shown
