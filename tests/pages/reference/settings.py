"""The page of settings: names, defaults and meanings, from the models and what stands beside each of their fields.

Knows: where settings are declared. Must not know: what they do. Next: `streams/settings.py`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise

from pydantic import BaseModel, SecretStr

from standards.calendar.duration import describe
from streams.delivery.channel_settings import ChannelSettings
from streams.kafka.clients.connection import KafkaSettings
from streams.settings import SECRET_FILES, Settings
from streams.unfit_settings import PREFIX
from tests.pages.reference.table import PRINTED, code, table

SPANS = {"lateness", "grace", "clock_settle", "max_skew", "keep"}
"""Settings that are lengths of time, kept in microseconds."""
INTRO = """
Settings stand in the environment. Options of the command line go before them. Any other name that begins with
`KEPT_` is refused, so that a slip in a name cannot go unnoticed; only `KEPT_SERVICE_*` and `KEPT_PORT*`, which
container platforms set for a service called kept, are left alone. What to set first, and what it leads to:
[operations](../operations.md).

A secret can lie in a file instead, as container platforms hand them over: {} name the file.
"""


def settings() -> str:
    """Give the page."""
    own = table(HEADINGS, _rows(Settings, PREFIX, without={"kafka", *ChannelSettings.model_fields}))
    channels = table(HEADINGS, _rows(ChannelSettings, PREFIX))
    files = ", ".join(map(code, SECRET_FILES))
    kafka = table(HEADINGS, _rows(KafkaSettings, f"{PREFIX}KAFKA__"))
    return (
        f"# Settings\n\n{PRINTED}\n{INTRO.format(files)}\n## Kept itself\n\n{own}\n"
        f"## Channels\n\nHow they behave: [operations](../operations.md#channels).\n\n{channels}\n"
        f"## Kafka\n\nOnly for Kept on Kafka; which process reads which: [kafka](../kafka.md#settings).\n\n{kafka}"
    )


HEADINGS = ("setting", "default", "meaning")


def _rows(
    model: type[BaseModel], prefix: str, *, without: set[str] | frozenset[str] = frozenset()
) -> Iterator[list[str]]:
    meanings = said(model)
    for name, field in model.model_fields.items():
        if name not in without:
            yield [code(prefix + name.upper()), code(_written(name, field.default)), meanings[name]]


def said(model: type[BaseModel]) -> dict[str, str]:
    """Give what stands below each field of a model in its source. Raises KeyError later where nothing does."""
    (declared,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(declared, ast.ClassDef)
    found = {}
    for field, below in pairwise(declared.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as meaning)):
                found[name] = meaning
            case _:
                pass
    return found


def _written(name: str, default: object) -> str:
    """Give a default as somebody would set it; nothing where there is none."""
    match default:
        case None | () | "":
            return ""
        case bool():
            return "yes" if default else "no"
        case int() if name in SPANS:
            return describe(default)
        case tuple():
            return ",".join(map(str, default))
        case SecretStr():
            return default.get_secret_value()
        case _:
            return str(default)
