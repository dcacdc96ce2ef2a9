"""The channels in effect: one for each that the settings say where to send to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.channels.alertmanager import Alertmanager
from alerts.channels.chat_names import chat_names
from alerts.channels.mail import Mail
from alerts.channels.push import Push
from alerts.channels.webhook import Webhook
from standards.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from alerts.channels import Channel, LinksOf
    from streams.delivery.channel_settings import ChannelSettings


def channels_of(
    settings: ChannelSettings, clock: Callable[[], int], links: LinksOf | None = None, push: Push | None = None
) -> list[Channel]:
    """Make the channels; `clock` is this machine's own, `links` what people can act by. Raises StateError.

    `push` is made with the devices that ring: see `pushing.py`.
    """
    made: list[Channel] = []
    if settings.webhook_url:
        secret = settings.webhook_secret.get_secret_value()
        hook = Webhook(settings.webhook_url, secret=secret, clock=clock, private=settings.webhook_private)
        hook.links = links
        made.append(hook)
    if settings.alertmanager_url:
        made.append(Alertmanager(settings.alertmanager_url, clock=clock, links=links))
    if settings.mail_server:
        made.append(_mail(settings, clock, links))
    if push is not None:
        made.append(push)
    if settings.chat_urls:
        made += _chats(settings)
    return made


def channel_names(settings: ChannelSettings) -> list[str]:
    """Give the names of the channels that the settings set up, without making them."""
    named = {
        Webhook.name: settings.webhook_url,
        Alertmanager.name: settings.alertmanager_url,
        Mail.name: settings.mail_server,
        Push.name: settings.push_contact,
    }
    chats = chat_names(url.get_secret_value() for url in settings.chat_urls)
    return [*(name for name, address in named.items() if address), *chats]


def _mail(settings: ChannelSettings, clock: Callable[[], int], links: LinksOf | None) -> Mail:
    try:
        return Mail(settings.smtp, settings.envelope, clock=clock, links=links)
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror or type(error).__name__
        raise StateError(f"KEPT_MAIL_CA: {settings.mail_ca} cannot be used: {reason}; it has to be PEM") from None


def _chats(settings: ChannelSettings) -> list[Channel]:
    try:
        from alerts.channels.chat import chats  # noqa: PLC0415 - an extra, and slow to load
    except ModuleNotFoundError as error:
        if error.name != "apprise":
            raise
        raise StateError("KEPT_CHAT_URLS needs Apprise, which is not installed; install kept[chat]") from None
    try:
        return list(chats([url.get_secret_value() for url in settings.chat_urls], private=settings.webhook_private))
    except ValueError as error:
        raise StateError(f"KEPT_CHAT_URLS: {error}") from None
