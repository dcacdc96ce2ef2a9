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
        ({"webhook_url": "https:///hook"}, "KEPT_WEBHOOK_URL: this has no host, or no port from 1 to 65535; write it"),
        ({"webhook_url": "https://:80/hook"}, "KEPT_WEBHOOK_URL: this has no host"),
        ({"webhook_url": "http://chat.example:99999"}, "KEPT_WEBHOOK_URL: this has no host, or no port"),
        ({"webhook_url": "http://chat.example:0"}, "KEPT_WEBHOOK_URL: this has no host, or no port"),
        ({"webhook_url": "http://[::1"}, "KEPT_WEBHOOK_URL: this has no host"),
        ({"listen": "0.0.0.0:0"}, "KEPT_LISTEN: 0.0.0.0:0 can be reached by other machines, and there is no token; "),
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
    """Settings can be logged: neither the token, nor the webhook's secret, nor its address, often one, is in them."""
    shown = repr(read_settings(token="open sesame", webhook_secret="hush", webhook_url="https://chat.example/K3Y"))
    assert "K3Y" not in shown
    assert "sesame" not in shown
    assert "hush" not in shown


def test_a_setting_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in a name cannot go unnoticed, and all slips are named at once, with what was meant."""
    monkeypatch.setenv("KEPT_GRAC", "10s")
    monkeypatch.setenv("KEPT_COLOUR", "blue")
    with pytest.raises(SpecError) as caught:
        read_settings(listen="nowhere")
    rows = str(caught.value).splitlines()
    assert rows[0].startswith("KEPT_COLOUR: there is no such setting; the settings are: KEPT_DATA, KEPT_LISTEN, ")
    assert rows[1] == "KEPT_GRAC: there is no such setting; did you mean KEPT_GRACE?"
    assert rows[2].startswith("KEPT_LISTEN: ")


def test_what_a_container_platform_sets_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the service is called kept, the platform's own variables do not stop it."""
    for name in ("KEPT_PORT", "KEPT_PORT_8321_TCP", "KEPT_SERVICE_HOST"):
        monkeypatch.setenv(name, "tcp://10.0.0.1:8321")
    assert read_settings().address.port == 8321


def test_a_secret_from_a_file_loses_its_line_break(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line break at a file's end is no part of the token, of the secret, or of the address in it."""
    monkeypatch.setenv("KEPT_TOKEN", "open sesame\n")
    settings = read_settings(webhook_secret="hush\n", webhook_url="https://chat.example/hook\n")
    assert settings.token is not None
    assert settings.token.get_secret_value() == "open sesame"
    assert settings.webhook_secret.get_secret_value() == "hush"
    assert settings.webhook_url == "https://chat.example/hook"
    with pytest.raises(SpecError, match="there is no token"):
        read_settings(listen="0.0.0.0:1", token=" \n")
