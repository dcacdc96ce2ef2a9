"""What the operator set: `KEPT_*` in the environment, or the command line. An edge: it reads the environment."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as UndecodedError

from alerts.words.words import LANGUAGES, SOURCE
from standards.calendar.duration import DAY, HOUR, parse
from standards.errors import Finding, Place, SpecError
from streams.delivery.channel_settings import ChannelSettings, Secret, is_loopback
from streams.documents.documents import YAML, load_standards, read_documents, tables_named
from streams.kafka.clients.connection import KafkaSettings
from streams.secret_files import END, SECRETS, SecretFileError, by_name, read_secrets
from streams.unfit_settings import PREFIX, unfit_setting, unknown_setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.compiler.spec import Loaded

_HIGHEST_PORT = 65_535
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - it is not listened on here
SHORTEST_TOKEN = 16  # characters that a token has at least, where others can reach this


class SettingsError(SpecError):
    """Settings that cannot be used, each named as in the environment, with what would fix it."""

    def __str__(self) -> str:
        """Give one line for each."""
        return "\n".join(f"{finding.place.file}: {finding.found}" for finding in self.findings)


def _span(value: object) -> object:
    return parse(value.strip()) if isinstance(value, str) else value


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def _networks(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return tuple(ip_network(each.strip()) for each in value.split(",") if each.strip())
    except ValueError:
        raise ValueError(f"{value!r} is not a list of addresses or networks; write 10.0.0.7, 10.1.0.0/16") from None


def _bare_url(value: object) -> object:
    """Take the address at which people reach the board, without a slash at its end."""
    if not isinstance(value, str) or not (given := value.strip().rstrip("/")):
        return ""
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(f"{given!r} is not a valid address of a board; write it like https://kept.shop.example")
    return given


def _zone(value: object) -> object:
    try:
        return ZoneInfo(value) if isinstance(value, str) else value
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{value!r} is not a known time zone; write one like Europe/Warsaw") from None


def _language(value: object) -> object:
    if isinstance(value, str) and value not in LANGUAGES:
        raise ValueError(f"{value!r} is not a language that Kept has; write one of: {', '.join(LANGUAGES)}")
    return value


Network = IPv4Network | IPv6Network
Span = Annotated[int, BeforeValidator(_span)]
"""A length of time: written `1h30m`, kept in microseconds."""


class Address(NamedTuple):
    """Where to listen: a host name or address, and a port."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Say whether only this machine can reach it."""
        return is_loopback(self.host)

    @property
    def asked(self) -> str:
        """The host by which this machine asks it: what listens everywhere is asked here."""
        return _HERE.get(self.host, self.host)


class Settings(ChannelSettings):
    """All settings. Spans such as `grace` are written like `2s`; here they are microseconds."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, arbitrary_types_allowed=True,
        env_ignore_empty=True,
    )  # fmt: skip

    data: Path = Path("kept-data")
    """Where everything is kept (`--data`)."""
    listen: str = "127.0.0.1:8321"
    """Where the web side listens (`--listen`); any other address than this machine's own needs a token."""
    token: Secret | None = None
    """The admins': who sends `Authorization: Bearer <token>`, or signs in on the board with it, may do everything; a
    line break at its end is left out. The tokens of the other roles need this one beside them."""
    view_token: Secret | None = None
    """The token of the viewers, who look at everything and change nothing."""
    frontliner_token: Secret | None = None
    """The token of the frontliners, who read names on the pages of their team, and take part there."""
    supervisor_token: Secret | None = None
    """The token of the supervisors, who acknowledge, excuse, debrief and silence as well."""
    author_token: Secret | None = None
    """The token of the authors, who also mend what could not be read."""
    person_secret: Secret | None = None
    """By which names are found where they are kept apart: `kept run` makes one, intakes and serves need the same."""
    person_secret_old: Secret | None = None
    """The secret before it, for `kept names --rekey`, and on Kafka for `kept topics --rekey`."""
    in_secrets: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(by_name)] = Field(default={})
    """The secrets of what other systems send to `/v1/in/NAME`: `NAME=SECRET`, commas or line breaks between them."""
    mqtt_password: Secret | None = None
    """The password of the user with which `kept in --mqtt` connects."""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = ()
    """The proxies in front of Kept, as addresses or networks with commas between them, `10.0.0.7, 10.1.0.0/16`: what
    they say of who asks (`X-Forwarded-For`) is believed."""
    public_url: Annotated[str, BeforeValidator(_bare_url)] = ""
    """The address at which people reach the board, as in `https://kept.shop.example`: then messages have links by which
    they can act; needs `KEPT_TOKEN`, which signs them."""
    standards: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = ()
    """Standards files and folders (with their sub-folders), separated by commas (`--standards`)."""
    lateness: Annotated[Span, Field(ge=0, le=HOUR)] = parse("1s")
    """With `KEPT_TIME=events`: how far an event may be behind the newest one and still be in time."""
    grace: Annotated[Span, Field(ge=0, le=366 * DAY)] = parse("2s")
    """How long after an instant its events may come before deadlines are judged; what comes later is judged again."""
    time: Literal["clock", "events"] = "clock"
    """On Kafka: what moves time: `clock`, or `events`, for history that is sent through the topic `events`."""
    clock_settle: Annotated[Span, Field(ge=0, le=DAY)] = parse("10m")
    """How long this machine's clock, once it was set ahead, must stay so before time goes over to it by itself; `kept
    time --accept` does so at once."""
    max_skew: Annotated[Span, Field(ge=0, le=DAY)] = parse("5m")
    """How far ahead of this machine's clock an event may claim to be."""
    keep: Annotated[Span, Field(ge=HOUR, le=3_660 * DAY)] = parse("35d")
    """How long events, dead letters, late events and settled notices can be looked up; the ledger stays for ever."""
    backlog: Annotated[int, Field(ge=1)] = 100_000
    """How many events may wait to be stored before senders are told to come back later."""
    zone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("UTC")
    """The time zone in which notices and the board tell the time."""
    language: Annotated[str, BeforeValidator(_language)] = SOURCE
    """The language for who has none of their own, nor their site or browser: `en`, `de` or `pl`."""
    log_format: Literal["text", "json"] = "text"
    """How the log is written: `text` or `json`."""
    kafka: KafkaSettings = KafkaSettings()

    @property
    def address(self) -> Address:
        """Where to listen."""
        host, _, port = self.listen.rpartition(":")
        return Address(host.strip("[]"), int(port))

    @property
    def can_be_reached(self) -> bool:
        """Say whether others than this machine can reach it, by itself or through a proxy."""
        board = urlsplit(self.public_url).hostname
        return bool(not self.address.loopback or self.trusted_proxies or (board and not is_loopback(board)))

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, listen: str) -> str:
        host, _, port = listen.rpartition(":")
        if not host or not (port.isascii() and port.isdecimal()) or int(port) > _HIGHEST_PORT:
            raise ValueError(f"{listen!r} is not a valid listen address; write host:port, as in 127.0.0.1:8321")
        return listen

    @model_validator(mode="after")
    def _check_open_door(self) -> Self:
        if not self.address.loopback and not self.token:
            raise ValueError(
                f"{self.listen} can be reached by other machines, and there is no token; "
                f"set {PREFIX}TOKEN to a long secret, or listen on 127.0.0.1"
            )
        named = ("token", "author_token", "supervisor_token", "frontliner_token", "view_token")
        given = {name: each.get_secret_value() for name in named if (each := getattr(self, name))}
        taken: dict[str, str] = {}
        for name, secret in given.items():
            if "token" not in given or secret in taken:
                other = f"{PREFIX}{taken.get(secret, 'token').upper()} to another secret"
                raise ValueError(f"{PREFIX}{name.upper()} is for one role alone; set {other}, for more")
            taken[secret] = name
            if self.can_be_reached and len(secret) < SHORTEST_TOKEN:
                raise ValueError(
                    f"{PREFIX}{name.upper()} has {len(secret)} characters, and others can reach this; set one of at "
                    f"least {SHORTEST_TOKEN} that nobody can guess, such as the output of: openssl rand -hex 16"
                )
        if self.public_url and "token" not in given:
            raise ValueError(f"{PREFIX}PUBLIC_URL makes links by which people act; set {PREFIX}TOKEN, which signs them")
        return self


NAMES = (
    *(PREFIX + name.upper() for name in Settings.model_fields if name not in {"kafka", *ChannelSettings.model_fields}),
    *(PREFIX + name.upper() for name in ChannelSettings.model_fields),
    *(f"{PREFIX}KAFKA__{name.upper()}" for name in KafkaSettings.model_fields),
)
"""All settings, as the environment names them."""
SECRET_FILES = tuple(f"{PREFIX}{name.upper()}{END}" for name in SECRETS)
"""What names a file with a secret, in its place."""
NOT_OURS = (f"{PREFIX}SERVICE_", f"{PREFIX}PORT")
"""How names begin that container platforms set by themselves for a service called kept."""
RULES = (*YAML, ".ics")
"""How the names of files end in which rules stand, and calendars."""


class StandardsFiles:
    """The standards in some files and folders, for `rules.Standards`."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)

    def fingerprint(self) -> object:
        """Give name, time of change and size of each file of rules: other files in a folder may be our own data."""
        marks = [_mark(file) for path in map(Path, self.paths) for file in _files(path)]
        tables = sorted({table for mark in marks for table in tables_named(*mark)})
        return [*marks, *map(_mark, map(Path, tables))] if self.paths else None

    def load(self, retired: Sequence[str]) -> Loaded:
        """Load them together with excerpts of older revisions. Raises SpecError."""
        documents = read_documents(self.paths)
        loaded = load_standards(documents, retired=retired)
        if documents.mappings:
            from streams.documents.ways_in import ways_in  # noqa: PLC0415 - few have any

            ways_in(self.paths, loaded.rulebook)  # a slip in one is found with those in the standards
        return loaded


def _files(path: Path) -> list[Path]:
    try:
        return sorted(file for file in path.rglob("*") if file.suffix in RULES) if path.is_dir() else [path]
    except OSError:
        return []


def _mark(file: Path) -> tuple[str, int, int]:
    try:
        found = file.stat()
    except OSError:
        return str(file), -1, -1
    return str(file), found.st_mtime_ns, found.st_size


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - options of the command line, checked by the model
    """Read the environment; what is `given` and not None goes before it. Raises SettingsError with all findings."""
    unknown = [unknown_setting(name, NAMES) for name in sorted(os.environ) if _is_unknown(name.upper())]
    try:
        secrets = read_secrets(os.environ, PREFIX)
    except SecretFileError as error:
        raise SettingsError([*unknown, Finding("setting", Place(error.name, 1, 1), error.message)]) from None
    try:
        settings = Settings(**secrets, **{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problems = [unfit_setting(dict(problem)) for problem in error.errors(include_url=False)]
        raise SettingsError([*unknown, *(each for each in problems if not _told(each, unknown))]) from None
    except UndecodedError:
        raise SettingsError(unknown) from None  # only KEPT_KAFKA itself is decoded, and that is not a setting
    if unknown:
        raise SettingsError(unknown)
    return settings


def _is_unknown(name: str) -> bool:
    return name.startswith(PREFIX) and name not in (*NAMES, *SECRET_FILES) and not name.startswith(NOT_OURS)


def _told(problem: Finding, unknown: Sequence[Finding]) -> bool:
    """Say whether this is about a name that there is not, or about what such a name seems to be a part of."""
    names = [each.place.file.upper() for each in unknown]
    return any(name == problem.place.file or name.startswith(f"{problem.place.file}__") for name in names)
