"""The verbs about who people are: `kept erase`, `kept export`, `kept names`. An edge: here arguments are read.

Read next: `erasing.py`.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from streams import options

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who erases it; it is kept who did.")]
Data = Annotated[str | None, typer.Option(metavar="FOLDER", help="Where all is kept (KEPT_DATA).")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command("erase", epilog='Example: kept erase "Ann Nowak" --by "Kim Adams" --data /var/lib/kept')(erase)
    app.command("export", epilog='Example: kept export --person "Ann Nowak" --data /var/lib/kept')(export)
    app.command("names", epilog="Example: kept names --rekey --data /var/lib/kept")(names)


def erase(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Their name, or the reference.")],
    *,
    by: By,
    data: Data = None,
    standards: options.Standards = None,
    listen: options.Listen = None,
) -> None:
    """Forget who somebody is.

    What they are owed ends, as they left. Then their names are deleted, also where they stand whole in texts that
    others wrote; texts with something like them are listed, for a person to look at. What was judged stays as it was,
    of a former colleague. The host that runs does it; where none has the folder, one is started for it. Ends with 1
    where nobody was erased, where texts are left to look at, or while Kafka's brokers have the name on their disks;
    asked again, it says whether they do.
    """
    from streams.embedded.erasing import erase as erase_in
    from streams.embedded.erasing import in_words
    from streams.settings import read_settings

    settings = read_settings(data=data, listen=listen, standards=tuple(standards) if standards else None)
    erased = erase_in(settings, person, by)
    typer.echo(in_words(erased))
    sys.exit(1 if erased.near or erased.held else 0)


def export(
    *,
    person: Annotated[str, typer.Option("--person", metavar="NAME", help="Whose: a name, or the reference.")],
    data: Data = None,
    listen: options.Listen = None,
) -> None:
    """Print all that is stored about one person, as JSON lines.

    Events, what they did, lines of the ledger and messages in which they stand, with their name put back and nobody
    else's. What was written there is given as it was: read it before you hand it on, as it may name others. It is
    read from the folder; where nothing is in that, the host is asked that listens (`kept serve`, say).
    """
    from streams.embedded.exporting import exported
    from streams.settings import read_settings

    for line in exported(read_settings(data=data, listen=listen), person):
        typer.echo(line)


def names(
    *,
    data: Data = None,
    rekey: Annotated[bool, typer.Option("--rekey", help="Have names be found under another secret.")] = False,
) -> None:
    """Count the names, or have another secret for them.

    With --rekey the secret is KEPT_PERSON_SECRET from then on; where that is not set, a new one in names.key. The one
    before it is KEPT_PERSON_SECRET_OLD, else the one in names.key. References stay as they are. Stop the host first.
    """
    from streams.embedded.rekeying import counted, rekeyed
    from streams.settings import read_settings

    settings = read_settings(data=data)
    typer.echo(rekeyed(settings) if rekey else counted(settings))
