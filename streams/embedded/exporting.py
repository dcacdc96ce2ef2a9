"""What is stored about one person: read from a folder, whether or not a host runs; without one, asked of a host.

Read next: `streams/names/exporting.py`, which puts it together.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from streams.delivery.channel_settings import secret_of
from streams.embedded.asking_host import asked_host
from streams.names.exporting import exported as exported_from
from streams.names.names import kept_in
from streams.storage.sqlite import FILE, Database
from streams.storage.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings import Settings

PATIENCE: Final = 120.0
"""How long the next line is waited for, in seconds: many may have to be looked through."""


def exported(settings: Settings, person: str) -> Iterator[bytes]:
    """Give what is stored about somebody, by name or reference, as JSON lines without their ends.

    Raises StateError, and a KeptError where nobody is known by that.
    """
    names = kept_in(settings.data, secret_of(settings.person_secret)) if (settings.data / FILE).is_file() else None
    if names is None:
        with asked_host(settings, "/v1/persons/export", {"person": person}, patience=PATIENCE) as answer:
            yield from (line.rstrip(b"\n") for line in answer)
        return
    with closing(names), closing(Database(settings.data / FILE, read_only=True)) as database:
        yield from exported_from(names, partial(standing, database.all), person)
