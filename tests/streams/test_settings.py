"""Settings: what the environment may say, and what is said when it is wrong."""

from pathlib import Path
from typing import Any

import pytest

from standards.errors import SpecError
from streams.embedded.running import without_effect
from streams.settings import NAMES, SECRET_FILES, StandardsFiles, read_settings
from tests.streams.commands import kept


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *SECRET_FILES):
        monkeypatch.delenv(name, raising=False)


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
        (
            {"listen": "8321"},
            "KEPT_LISTEN: '8321' is not a valid listen address; write host:port, as in 127.0.0.1:8321",
        ),
        ({"listen": "::1:70000"}, "KEPT_LISTEN: '::1:70000' is not a valid listen address; write host:port"),
        ({"trusted_proxies": "proxy.example"}, "KEPT_TRUSTED_PROXIES: 'proxy.example' is not a list of addresses or"),
        (
            {"zone": "Europe/Warszawa"},
            "KEPT_ZONE: 'Europe/Warszawa' is not a known time zone; write one like Europe/Warsaw",
        ),
        ({"language": "fr"}, "KEPT_LANGUAGE: 'fr' is not a language that Kept has; write one of: en, de, pl"),
        ({"webhook_url": "ftp://x"}, "KEPT_WEBHOOK_URL: this is not a web address; begin it with https://"),
        ({"webhook_url": "https:///hook"}, "KEPT_WEBHOOK_URL: this has no host, or no port from 1 to 65535; write it"),
        ({"webhook_url": "https://:80/hook"}, "KEPT_WEBHOOK_URL: this has no host"),
        ({"webhook_url": "http://chat.example:99999"}, "KEPT_WEBHOOK_URL: this has no host, or no port"),
        ({"webhook_url": "http://chat.example:0"}, "KEPT_WEBHOOK_URL: this has no host, or no port"),
        ({"webhook_url": "http://[::1"}, "KEPT_WEBHOOK_URL: this has no host"),
        ({"listen": "0.0.0.0:0"}, "KEPT_LISTEN: 0.0.0.0:0 can be reached by other machines, and there is no token; "),
        ({"webhook_secret": "whsec_???"}, "KEPT_WEBHOOK_SECRET: what follows whsec_ is not base64"),
        ({"backlog": "0"}, "KEPT_BACKLOG: input should be greater than or equal to 1"),
        ({"kafka": {"partitions": 0}}, "KEPT_KAFKA__PARTITIONS: input should be greater than or equal to 1"),
        (
            {"kafka": {"brokers": "a:1,b"}},
            "KEPT_KAFKA__BROKERS: this is not a list of brokers; write host:port, several",
        ),
        ({"kafka": {"prefix": "a b"}}, "KEPT_KAFKA__PREFIX: this cannot begin a topic's name; take at most 100 of"),
        ({"kafka": {"security": "SASL_SSL"}}, "KEPT_KAFKA: SASL_SSL needs a user and a password; set KEPT_KAFKA__USER"),
        ({"kafka": {"user": "ann"}}, "KEPT_KAFKA: PLAINTEXT asks for no user or password; set KEPT_KAFKA__SECURITY"),
        ({"kafka": {"ca": "ca.pem"}}, "KEPT_KAFKA: PLAINTEXT asks for no certificates; set KEPT_KAFKA__SECURITY=SSL"),
        ({"kafka": {"security": "SSL", "key": "k.pem"}}, "KEPT_KAFKA: a certificate and its key go together; set both"),
        ({"log_format": "xml"}, "KEPT_LOG_FORMAT: input should be 'text' or 'json'"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_fix_it(given: dict[str, Any], message: str) -> None:
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
    assert not read_settings(listen=listen, token="open sesame, and quickly").address.loopback


@pytest.mark.parametrize(
    "given",
    [
        {"listen": "0.0.0.0:8321"},
        {"public_url": "https://kept.shop.example"},
        {"trusted_proxies": "10.0.0.7"},
    ],
)
@pytest.mark.parametrize("name", ["token", "view_token"])
def test_a_token_that_others_can_try_is_long(given: dict[str, str], name: str) -> None:
    """Where others can reach it, one by one or through a proxy, a token that can be guessed is refused, unread."""
    tokens = {"token": "a" * 16, name: "short" * 3}
    with pytest.raises(SpecError, match=f"KEPT_{name.upper()} has 15 characters") as caught:
        read_settings(**given, **tokens)
    assert "short" not in str(caught.value)
    assert read_settings(**{**given, "listen": "127.0.0.1:1"}, token="a" * 16).token is not None


ADDRESSES = {"KEPT_WEBHOOK_URL_FILE": "https://chat.example/K3Y", "KEPT_CHAT_URLS_FILE": "json://a"}


def test_secrets_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each secret can lie in a file of its own, as container platforms hand them over, without its line break."""
    for name in SECRET_FILES:
        secret = {
            "KEPT_WEBHOOK_URL_FILE": "https://chat.example/K3Y",
            "KEPT_CHAT_URLS_FILE": "json://a",
            "KEPT_IN_SECRETS_FILE": "till=one\ndesk = two",
        }.get(name, name)
        (tmp_path / name).write_text(f"{secret}\n", encoding="utf-8")
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("KEPT_KAFKA__SECURITY", "SASL_SSL")
    monkeypatch.setenv("KEPT_KAFKA__USER", "kept")
    monkeypatch.setenv("KEPT_MAIL_USER", "kept")
    monkeypatch.setenv("KEPT_MAIL_SERVER", "smtps://mail.example")
    monkeypatch.setenv("KEPT_MAIL_FROM", "floor@shop.example")
    settings = read_settings()
    assert settings.author_token is not None
    assert settings.author_token.get_secret_value() == "KEPT_AUTHOR_TOKEN_FILE"
    assert settings.kafka.password.get_secret_value() == "KEPT_KAFKA__PASSWORD_FILE"
    assert settings.webhook_url == "https://chat.example/K3Y"
    assert [each.get_secret_value() for each in settings.chat_urls] == ["json://a"]
    found = {name: secret.get_secret_value() for name, secret in settings.in_secrets.items()}
    assert found == {"till": "one", "desk": "two"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "KEPT_TOKEN_FILE: {file} cannot be read: no such file or directory; name the file with the secret"),
        (b" \n", "KEPT_TOKEN_FILE: {file} is empty; write the secret into it"),
        (b"\xff\xfe", "KEPT_TOKEN_FILE: {file} is not text"),
        (b"a" * 70_000, "KEPT_TOKEN_FILE: {file} is larger than 64 kB"),
    ],
)
def test_a_file_without_a_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, message: str
) -> None:
    """A file that is not there, or holds no secret, is no reason to start without one."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("KEPT_TOKEN_FILE", str(file))
    with pytest.raises(SpecError) as caught:
        read_settings()
    assert message.format(file=file) in str(caught.value)


def test_a_secret_is_said_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a secret and a file for it, nobody could know which one counts."""
    monkeypatch.setenv("KEPT_TOKEN", "open sesame")
    monkeypatch.setenv("KEPT_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(SpecError, match="KEPT_TOKEN_FILE: KEPT_TOKEN is set as well; set one of them"):
        read_settings()


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
    assert rows[0].startswith("KEPT_COLOUR: this is not a setting of Kept; the settings are: KEPT_DATA, KEPT_LISTEN, ")
    assert rows[1] == "KEPT_GRAC: this is not a setting of Kept; did you mean KEPT_GRACE?"
    assert rows[2].startswith("KEPT_LISTEN: ")


def test_a_slip_in_the_name_of_a_kafka_setting_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name is one finding, also where the right one consists of several; and what was meant is said."""
    monkeypatch.setenv("KEPT_KAFKA__PASWORD", "hunter2")
    monkeypatch.setenv("KEPT_KAFKA__USER__NAME", "ann")
    with pytest.raises(SpecError) as caught:
        read_settings()
    assert str(caught.value).splitlines() == [
        "KEPT_KAFKA__PASWORD: this is not a setting of Kept; did you mean KEPT_KAFKA__PASSWORD?",
        "KEPT_KAFKA__USER__NAME: this is not a setting of Kept; did you mean KEPT_KAFKA__USER?",
    ]


def test_a_policy_is_no_setting_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks for the policy's setting is told that it is a file beside the standards."""
    monkeypatch.setenv("KEPT_POLICY", "policy.yaml")
    with pytest.raises(SpecError, match="one of the files that KEPT_STANDARDS or --standards name"):
        read_settings()


@pytest.mark.parametrize("value", ["hunter2", '{"password": "hunter2"}', '{"password": "hun'])
def test_all_kafka_settings_in_one_are_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set under the name of the group is refused in our words, whatever it is, and without repeating it."""
    monkeypatch.setenv("KEPT_KAFKA", value)
    with pytest.raises(SpecError) as caught:
        read_settings()
    assert str(caught.value) == "KEPT_KAFKA: this is not a setting by itself; set KEPT_KAFKA__BROKERS and its like"


@pytest.mark.parametrize("name", ["BROKERS", "SECURITY", "MECHANISM", "PREFIX", "PARTITIONS", "PASWORD", "KEY", "USER"])
def test_a_password_in_the_wrong_place_is_not_repeated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever puts the password where something else belongs does not find it in the log."""
    monkeypatch.setenv(f"KEPT_KAFKA__{name}", "ann:hunter two@broker.example:9092")
    with pytest.raises(SpecError) as caught:
        read_settings()
    assert "KEPT_KAFKA" in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_the_kafka_settings_are_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its own name, with two underscores; the password shows nowhere and loses its line break."""
    login = {"SECURITY": "SASL_SSL", "USER": "ann", "PASSWORD": "hunter2\n"}
    given = {**login, "BROKERS": "a:1, [::1]:2", "PARTITIONS": "3"}
    for name, value in given.items():
        monkeypatch.setenv(f"KEPT_KAFKA__{name}", value)
    kafka = read_settings().kafka
    assert (kafka.servers, kafka.partitions, kafka.user) == (["a:1", "[::1]:2"], 3, "ann")
    assert kafka.password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(read_settings())


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


def test_only_rules_with_their_calendars_and_tables_are_watched(tmp_path: Path) -> None:
    """What Kept itself writes into a folder of rules, as `--standards .` has it do, is no reason to read them anew.

    A table of facts that the rules name is one.
    """
    files = StandardsFiles([str(tmp_path)])
    empty = files.fingerprint()
    (tmp_path / "kept-data").mkdir()
    (tmp_path / "kept-data" / "kept.db-wal").write_bytes(b"x")
    (tmp_path / "week.csv").write_bytes(b"x")
    assert files.fingerprint() == empty
    assert empty is not None
    for name in ("shop.yaml", "holidays.ics", "contracts.csv"):
        before = files.fingerprint()
        (tmp_path / name).write_text("tables: {it: {file: contracts.csv, key: a}}\n", encoding="utf-8")
        assert files.fingerprint() != before


def test_a_setting_without_effect_is_said_so(tmp_path: Path) -> None:
    """One machine refuses to let events move time, and tells of a setting that it heeds no more."""
    assert without_effect(read_settings()) == []
    (told,) = without_effect(read_settings(lateness="5s"))
    assert told.startswith("KEPT_LATENESS has no effect")
    refused = kept("run", "--standards", str(tmp_path), settings={"KEPT_TIME": "events"})
    assert refused.returncode == 3
    assert "kept backtest" in refused.stderr
