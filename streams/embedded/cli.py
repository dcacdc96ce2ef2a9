"""The verbs about who people are: `kept erase`. An edge: here arguments are read.

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
    where nobody was erased, or where texts are left to look at.
    """
    from streams.embedded.erasing import erase as erase_in
    from streams.embedded.erasing import in_words
    from streams.settings import read_settings

    settings = read_settings(data=data, listen=listen, standards=tuple(standards) if standards else None)
    erased = erase_in(settings, person, by)
    typer.echo(in_words(erased))
    sys.exit(1 if erased.near else 0)
