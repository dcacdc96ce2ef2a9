"""The way to the broker: TLS and logins as each client has them, and what is said when one is wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from standards.errors import StateError
from streams.kafka.clients.admin import check, create
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import TopicPartition, consuming, producing
from streams.kafka.records.topics import Topic
from tests.kafka.broker import Broker, BrokerError
from tests.kafka.certificates import authority, signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD, WRONG = "hush-hush-41", "sword-fish-42"
SECONDS = 5
"""How soon a wrong login has to be told."""
JAAS = "org.apache.kafka.common.security."


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the authority that signed the broker's and the client's certificates, which lie beside it."""
    ca = authority(tmp_path_factory.mktemp("certificates"))
    for name in ("broker", "client"):
        signed(ca, name)
    return ca


@pytest.fixture(scope="module")
def guarded(certificates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Give a broker with three doors: an open one, one for who has a certificate, and one for who has a password."""
    chain = certificates.with_name("chain.pem")
    chain.write_text(
        "".join(certificates.with_name(f"broker.{end}").read_text(encoding="utf-8") for end in ("key", "pem")),
        encoding="utf-8",
    )
    logins = {
        "plain": f'{JAAS}plain.PlainLoginModule required user_ann="{PASSWORD}";',
        "scram-sha-256": f"{JAAS}scram.ScramLoginModule required;",
        "scram-sha-512": f"{JAAS}scram.ScramLoginModule required;",
    }
    more = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(chain),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates),
        "listener.name.ssl.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": ",".join(logins).upper(),
        **{f"listener.name.sasl_ssl.{name}.sasl.jaas.config": login for name, login in logins.items()},
    }
    folder = tmp_path_factory.mktemp("guarded")
    try:
        doors, users = ("PLAINTEXT", "SSL", "SASL_SSL"), {"ann": PASSWORD}
        with Broker(folder, doors=doors, scram=users, more=more, heap="256m") as own:
            yield own
    except BrokerError as error:
        pytest.fail(str(error), pytrace=False)


def by_password(guarded: Broker, certificates: Path, **more: object) -> KafkaSettings:
    login = {"security": "SASL_SSL", "user": "ann", "password": PASSWORD, "ca": certificates}
    return KafkaSettings.model_validate({"brokers": guarded.address("SASL_SSL"), **login, **more})


def by_certificate(guarded: Broker, certificates: Path, **more: object) -> KafkaSettings:
    ours = {"certificate": certificates.with_name("client.pem"), "key": certificates.with_name("client.key")}
    return KafkaSettings.model_validate(
        {"brokers": guarded.address("SSL"), "security": "SSL", "ca": certificates, **ours, **more},
    )


async def check_all_clients(settings: KafkaSettings) -> None:
    """Create a topic, write a record to it and read it back: with each of the clients that Kept has."""
    topic = Topic(f"{settings.security}.{settings.mechanism}", 1)
    assert create(settings, [topic]) == [topic.name]
    assert check(settings, [topic]) == []
    async with producing(settings) as producer:
        await producer.send_and_wait(topic.name, b"hello")
    async with consuming(settings) as consumer:
        consumer.assign([TopicPartition(topic.name, 0)])
        assert (await consumer.getone()).value == b"hello"


async def refused(settings: KafkaSettings) -> str:
    """Give what all three clients say, within seconds, when they are not let in."""
    said = set()
    begun = time.monotonic()
    with pytest.raises(StateError) as caught:
        check(settings, [Topic("any", 1)])
    said.add(str(caught.value))
    for client in (producing, consuming):
        with pytest.raises(StateError) as caught:
            async with client(settings):
                pass
        said.add(str(caught.value))
    assert time.monotonic() - begun < 3 * SECONDS
    (one,) = said
    return one


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"])
async def test_a_user_with_a_password_is_let_in(mechanism: str, guarded: Broker, certificates: Path) -> None:
    """With `SASL_SSL` every client logs in, by each mechanism that the settings offer."""
    await check_all_clients(by_password(guarded, certificates, mechanism=mechanism))


async def test_who_has_a_certificate_is_let_in(guarded: Broker, certificates: Path) -> None:
    """With `SSL` every client shows its certificate where the broker asks for one."""
    await check_all_clients(by_certificate(guarded, certificates))


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "PLAIN"])
async def test_a_wrong_password_is_told_and_never_shown(
    mechanism: str, guarded: Broker, certificates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong password is told as such, within seconds; no message and no log has it, not even when debugging."""
    with caplog.at_level("DEBUG"):
        said = await refused(by_password(guarded, certificates, mechanism=mechanism, password=WRONG))
    assert said == (
        f"Kafka at {guarded.address('SASL_SSL')} does not know this user, or the password is wrong; "
        "check KEPT_KAFKA__USER, __PASSWORD and __MECHANISM"
    )
    assert WRONG not in caplog.text


async def test_a_broker_that_nobody_vouches_for_is_not_believed(guarded: Broker, certificates: Path) -> None:
    """A certificate that another authority signed ends it, and the setting to look at is named."""
    stranger = authority(certificates.parent, "stranger")
    said = await refused(by_certificate(guarded, certificates, ca=stranger))
    assert said.startswith(f"Kafka's certificate at {guarded.address('SSL')} is not believed: ")
    assert said.endswith("; check KEPT_KAFKA__CA")


async def test_the_wrong_door_is_told(guarded: Broker, certificates: Path) -> None:
    """Plain words at the TLS door, TLS at the plain one, no certificate: each says what to check."""
    plain = KafkaSettings(brokers=guarded.address("SSL"))
    secure = by_certificate(guarded, certificates, brokers=guarded.servers)
    without = by_certificate(guarded, certificates, certificate=None, key=None)
    for settings in (plain, secure, without):
        assert await refused(settings) == (
            f"Kafka at {settings.brokers} breaks off; check KEPT_KAFKA__SECURITY, which is {settings.security}, "
            "and KEPT_KAFKA__CERTIFICATE where it asks for one"
        )


async def test_one_broker_that_answers_is_enough(guarded: Broker) -> None:
    """Of several brokers in the settings the first may be away."""
    await check_all_clients(KafkaSettings(brokers=f"127.0.0.1:1,{guarded.servers}"))


@pytest.mark.parametrize("name", ["ca", "certificate", "key"])
def test_a_file_that_is_not_there_is_named(name: str, certificates: Path) -> None:
    """A slip in the path of a certificate is told with the path and the setting."""
    files = {"ca": certificates, "certificate": certificates, "key": certificates.with_suffix(".key")}
    files[name] = certificates.with_name("nowhere.pem")
    settings = KafkaSettings.model_validate({"security": "SSL", **files})
    with pytest.raises(StateError, match=rf"nowhere\.pem is not a file; check KEPT_KAFKA__{name.upper()}$"):
        settings.client_options()
