"""How to reach Kafka: one set of settings, in the words of each client that Kept uses.

Read next: `log.py` for aiokafka, `admin.py` for kafka-python, `streams/kafka/worker/faust_app.py` for Faust.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from standards.errors import StateError
from streams.kafka.records.topics import Names

_BROKER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[1-9]\d{0,4}")
_FILES = "KEPT_KAFKA__CA, __CERTIFICATE and __KEY"
_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,100}")


class KafkaSettings(BaseModel):
    """Where Kafka is, how to log in there, and how the topics are named and divided."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    brokers: str = "127.0.0.1:9092"
    """Brokers to ask first, as `host:port`, separated by commas; these and the following are only for Kept on Kafka."""
    security: Literal["PLAINTEXT", "SSL", "SASL_SSL"] = "PLAINTEXT"
    """How to speak with the brokers: `PLAINTEXT`, `SSL` (TLS), or `SASL_SSL` (TLS, and a user and a password)."""
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    """How a password is proven with `SASL_SSL`: `SCRAM-SHA-512`, `SCRAM-SHA-256` or `PLAIN`."""
    user: str = ""
    """The user, with `SASL_SSL`."""
    password: SecretStr = SecretStr("")
    """Its password; never shown, and a line break at its end is left out."""
    ca: Path | None = None
    """The file with the certificates (PEM) by which brokers are believed; without it, those that this machine believes.
    """
    certificate: Path | None = None
    """The file with our own certificate (PEM), where brokers ask for one; goes with the next."""
    key: Path | None = None
    """The file with its private key (PEM), without a passphrase."""
    prefix: str = "kept."
    """How the names of all topics and consumer groups begin; another prefix is another Kept."""
    partitions: Annotated[int, Field(ge=1, le=1024)] = 8
    """Into how many parts the judging is divided: no more workers than that have work. It cannot change later."""
    events_partitions: Annotated[int, Field(ge=1, le=1024)] = 4
    """How many partitions the topic `events` has: no more intakes than that have work."""
    replication: Annotated[int, Field(ge=1, le=9)] = 1
    """On how many brokers each record lies; 3 where there are three or more brokers."""

    @property
    def names(self) -> Names:
        """The topics' and groups' names."""
        return Names(self.prefix)

    @property
    def servers(self) -> list[str]:
        """The brokers to ask first, each as `host:port`."""
        return [each.strip() for each in self.brokers.split(",") if each.strip()]

    @model_validator(mode="before")
    @classmethod
    def _leave_file_out(cls, given: object) -> object:
        """Leave out the name of the file with the password, which was read before."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if name != "password_file"}

    @field_validator("brokers")
    @classmethod
    def _check_brokers(cls, brokers: str) -> str:
        """Refuse what is not a list of brokers, without repeating it: a login may have slipped in."""
        if not all(_BROKER.fullmatch(each.strip()) for each in brokers.split(",")):
            raise ValueError("this is not a list of brokers; write host:port, several with commas between them")
        return brokers

    @field_validator("prefix")
    @classmethod
    def _check_prefix(cls, prefix: str) -> str:
        if not _PREFIX.fullmatch(prefix):
            raise ValueError("this cannot begin a topic's name; take at most 100 of A-Z a-z 0-9 . _ -")
        return prefix

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        login = [self.user, self.password.get_secret_value()]
        if self.security == "SASL_SSL" and not all(login):
            raise ValueError("SASL_SSL needs a user and a password; set KEPT_KAFKA__USER and KEPT_KAFKA__PASSWORD")
        if self.security != "SASL_SSL" and any(login):
            raise ValueError(f"{self.security} asks for no user or password; set KEPT_KAFKA__SECURITY=SASL_SSL")
        if self.security == "PLAINTEXT" and (self.ca or self.certificate or self.key):
            raise ValueError("PLAINTEXT asks for no certificates; set KEPT_KAFKA__SECURITY=SSL, or SASL_SSL")
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate and its key go together; set both, or neither")
        return self

    def tls(self) -> ssl.SSLContext | None:
        """Give what checks the brokers' certificates, or None without TLS. Raises StateError for files that are not."""
        if self.security == "PLAINTEXT":
            return None
        for name in ("ca", "certificate", "key"):
            file: Path | None = getattr(self, name)
            if file is not None and not file.is_file():
                raise StateError(f"{file} is not a file; check KEPT_KAFKA__{name.upper()}")
        try:
            context = ssl.create_default_context(cafile=None if self.ca is None else str(self.ca))
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise StateError(f"the certificates for Kafka cannot be used: {error}; check {_FILES}") from None
        return context

    def client_options(self) -> dict[str, Any]:
        """Give what the clients of aiokafka and of kafka-python are made with."""
        found: dict[str, Any] = {"bootstrap_servers": self.servers, "security_protocol": self.security}
        if self.security != "PLAINTEXT":
            found["ssl_context"] = self.tls()
        if self.security == "SASL_SSL":
            found["sasl_mechanism"] = self.mechanism
            found["sasl_plain_username"] = self.user
            found["sasl_plain_password"] = self.password.get_secret_value()
        return found
