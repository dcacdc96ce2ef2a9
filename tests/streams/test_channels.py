"""The channels' settings: what is set is in effect, what is wrong is told by name, and no secret shows."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.mail import Server
from standards.errors import SpecError, StateError
from streams.delivery.channels import channel_names, channels_of
from streams.settings import NAMES, Settings, read_settings
from tests.alerts.receiver import receiving
from tests.alerts.samples import WARNED
from tests.kafka.certificates import authority
from tests.streams.hosting import Clock

MAIL = {"mail_server": "smtp://mail.example", "mail_from": "kept@shop.example", "mail_to": "floor@shop.example"}
SECRETS = {
    "webhook_url": "https://chat.example/SESAME",
    "webhook_secret": "SESAME",
    "alertmanager_url": "https://kept:SESAME@alerts.example/",
    "chat_urls": "json://kept:SESAME@chat.example/, xml://chat.example/SESAME, JSON://chat.example/SESAME",
    "mail_user": "kept",
    "mail_password": "SESAME\n",
    **MAIL,
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def names(settings: Settings) -> list[str]:
    return [channel.name for channel in channels_of(settings, Clock())]


async def test_what_is_set_is_in_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each channel is there when its settings are, alone or with all others; without any there is none."""
    assert names(read_settings()) == []
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"KEPT_{name.upper()}", value)
    settings = read_settings()
    assert (
        names(settings)
        == channel_names(settings)
        == ["webhook", "alertmanager", "mail", "chat-json", "chat-xml", "chat-json-2"]
    )
    assert "SESAME" not in repr(settings) + repr(settings.smtp)
    assert settings.smtp == Server("mail.example", 587, "starttls", "kept", "SESAME", None)


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("smtp://mail.example", Server("mail.example", 587, "starttls")),
        ("smtp://mail.example:25", Server("mail.example", 25, "starttls")),
        ("smtps://mail.example/", Server("mail.example", 465, "tls")),
        ("smtp+plain://[::1]:2525", Server("::1", 2525, "none")),
    ],
)
def test_a_mail_server_is_encrypted_unless_said_otherwise(server: str, expected: Server) -> None:
    """The address of a mail server says how to speak with it; STARTTLS on port 587 where nothing else is said."""
    assert read_settings(**{**MAIL, "mail_server": server}).smtp == expected


def test_several_people_get_letters() -> None:
    """Recipients may have names, also with commas in them."""
    settings = read_settings(**{**MAIL, "mail_from": "Kept <k@s.pl>", "mail_to": 'a@s.pl, "Lee, Bo" <b@s.pl>'})
    assert [each.addr_spec for each in settings.envelope.to] == ["a@s.pl", "b@s.pl"]
    assert str(settings.envelope.sender) == "Kept <k@s.pl>"


def test_chat_addresses_may_have_commas() -> None:
    """A comma ends an address only where another one begins, as some services have commas of their own."""
    urls = read_settings(chat_urls="slack://a/b/c/#x,#y, json://h/p?to=1,2\ntgram://1/2,").chat_urls
    assert [url.get_secret_value() for url in urls] == ["slack://a/b/c/#x,#y", "json://h/p?to=1,2", "tgram://1/2"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"webhook_private": "perhaps"}, "KEPT_WEBHOOK_PRIVATE: input should be a valid boolean"),
        (
            {"alertmanager_url": "alerts:9093"},
            "KEPT_ALERTMANAGER_URL: this is not a web address; begin it with https://",
        ),
        (
            {"chat_urls": "SESAME"},
            "KEPT_CHAT_URLS: this is not a list of addresses as Apprise has them; write service://",
        ),
        ({"mail_server": "smtp://m"}, "KEPT_MAIL_SERVER: letters have a sender; set KEPT_MAIL_FROM too"),
        ({"mail_to": "a@s.pl"}, "KEPT_MAIL_SERVER: there is none, and KEPT_MAIL_FROM or KEPT_MAIL_TO is set; set it"),
        (
            {**MAIL, "mail_server": "mail.example"},
            "KEPT_MAIL_SERVER: this is not a mail server; write smtp://host (START",
        ),
        ({**MAIL, "mail_server": "smtp://m:0"}, "KEPT_MAIL_SERVER: this is not a mail server; write smtp://host"),
        ({**MAIL, "mail_server": "smtp://u:SESAME@m"}, "KEPT_MAIL_SERVER: only host:port may follow the ://; the user"),
        ({**MAIL, "mail_to": "ann"}, "KEPT_MAIL_TO: this is not a list of mail addresses; write floor@shop.example"),
        ({**MAIL, "mail_to": "a@s.pl b@s.pl"}, "KEPT_MAIL_TO: this is not a list of mail addresses"),
        ({**MAIL, "mail_to": "a@s.pl\nBcc: b@s.pl"}, "KEPT_MAIL_TO: this is not a list of mail addresses"),
        ({**MAIL, "mail_from": "a@s.pl, b@s.pl"}, "KEPT_MAIL_FROM: letters have one sender; write one address"),
        ({**MAIL, "mail_user": "kept"}, "KEPT_MAIL_SERVER: a user and a password go together; set KEPT_MAIL_USER and"),
        ({**MAIL, "mail_ca": "/no/such/ca.pem"}, "KEPT_MAIL_CA: there is no file /no/such/ca.pem; name one with"),
        (
            {**MAIL, "mail_server": "smtp+plain://m", "mail_user": "kept", "mail_password": "SESAME"},
            "KEPT_MAIL_SERVER: a password is not sent without TLS; begin this with smtp:// or smtps://",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_fix_it(given: dict[str, Any], message: str) -> None:
    """A slip is told by its name in the environment, with what would fix it, and without what may be a secret."""
    with pytest.raises(SpecError) as caught:
        read_settings(**given)
    assert message in str(caught.value)
    assert "SESAME" not in str(caught.value)


def test_a_password_may_go_to_this_machine_without_tls() -> None:
    """A relay on the same machine needs no TLS."""
    login = {"mail_server": "smtp+plain://127.0.0.1", "mail_user": "kept", "mail_password": "x"}
    assert read_settings(**{**MAIL, **login}).smtp.security == "none"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"chat_urls": "nosuch://SESAME"}, "KEPT_CHAT_URLS: Apprise cannot read the address for chat-nosuch"),
        ({**MAIL, "mail_ca": __file__}, "KEPT_MAIL_CA: .*test_channels.py cannot be used: .*; it has to be PEM"),
    ],
)
def test_a_channel_that_cannot_be_made_stops_the_start(given: dict[str, Any], message: str) -> None:
    """What only shows when a channel is made is told before anything runs."""
    with pytest.raises(StateError, match=message) as caught:
        names(read_settings(**given))
    assert "SESAME" not in str(caught.value)


def test_the_mail_server_s_own_authority_is_taken(tmp_path: Path) -> None:
    """A file of certificates that can be read is used."""
    assert names(read_settings(**MAIL, mail_ca=str(authority(tmp_path)))) == ["mail"]


@pytest.mark.parametrize(("private", "taken"), [("no", 0), ("yes", 1)])
async def test_private_receivers_are_a_choice(private: str, taken: int) -> None:
    """The webhook and the chats of an operator reach this machine only where KEPT_WEBHOOK_PRIVATE says so."""
    async with receiving() as receiver:
        chat = receiver.url.replace("http://", "json://")
        settings = read_settings(webhook_url=receiver.url, chat_urls=chat, webhook_private=private)
        for channel in channels_of(settings, Clock()):
            if taken:
                await channel.deliver(WARNED)
            else:
                with pytest.raises(Exception, match="KEPT_WEBHOOK_PRIVATE=yes would allow it"):
                    await channel.deliver(WARNED)
            await channel.close()
    assert len(receiver.bodies) == 2 * taken


def test_apprise_is_needed_only_by_whoever_uses_it() -> None:
    """Without the extra everything else works, and a chat address says what to install."""
    program = (
        "import sys; sys.modules['apprise'] = None\n"
        "from streams.delivery.channels import channels_of\n"
        "from streams.settings import read_settings\n"
        "print([c.name for c in channels_of(read_settings(webhook_url='https://a.example'), int)])\n"
        "try: channels_of(read_settings(chat_urls='json://a.example'), int)\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == [
        "['webhook']",
        "KEPT_CHAT_URLS needs Apprise, which is not installed; install kept[chat]",
    ]
