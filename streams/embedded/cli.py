"""The verbs about a data folder: `kept export`, and of who people are `kept erase` and `kept names`.

An edge: here arguments are read.
Read next: `giving_out.py`, `erasing.py`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams import options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from streams.settings import Settings
    from streams.storage.export_queries import Asked

What = Literal["events", "ledger", "score"]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who erases it; it is kept who did.")]
Data = Annotated[str | None, typer.Option(metavar="FOLDER", help="Where all is kept (KEPT_DATA).")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command("erase", epilog='Example: kept erase "Ann Nowak" --by "Kim Adams" --data /var/lib/kept')(erase)
    app.command("export", epilog="Example: kept export events --data /var/lib/kept > events.jsonl")(export)
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
    what: Annotated[What | None, typer.Argument(help="What to give; or give --person.")] = None,
    *,
    person: Annotated[
        str | None, typer.Option("--person", metavar="NAME", help="All about one person: a name, or the reference.")
    ] = None,
    data: Data = None,
    listen: options.Listen = None,
    since: Annotated[str | None, typer.Option("--from", metavar="TIME", help="From this time, or day, on.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Up to before this one.")] = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Events of this type alone.")] = None,
    table: Annotated[bool, typer.Option("--csv", help="A table, for a spreadsheet.")] = False,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="Write a file, once it is whole.")] = None,
) -> None:
    """Print what a data folder holds, or all about a person.

    As JSON lines, or with --csv as a table. events: as CloudEvents, in the order in which they were received; kept
    backtest judges them again. ledger: its lines, as they were written. score: counts by standard. A part is chosen
    by when events were received, lines took effect, promises were opened; a time without an offset is by KEPT_ZONE.
    People are references. With --person: events, what they did, lines of the ledger and messages in which they
    stand, with their name put back and nobody else's; read it before you hand it on, as what was written may name
    others; where nothing is in the folder, the host is asked that listens (`kept serve`, say). A host that runs
    goes on.
    """
    from streams.settings import read_settings

    settings = read_settings(data=data, listen=listen)
    if (what is None) == (person is None):
        raise typer.BadParameter("say what to give: events, ledger, score, or --person NAME")
    if what is not None:
        _give_out(settings, what, _asked(what, (since, until), type_, settings.zone), table=table, out=out)
    elif person is not None:
        _export_person(settings, person, [since, until, type_, table or None, out])


def _give_out(settings: Settings, what: What, asked: Asked, *, table: bool, out: str | None) -> None:
    from streams.embedded.giving_out import Wanted, give_out

    typer.echo(f"kept: {give_out(settings.data, Wanted(what, asked, table, out))}", err=True)


def _export_person(settings: Settings, person: str, others: Sequence[object]) -> None:
    from streams.embedded.exporting import exported

    if any(each is not None for each in others):
        raise typer.BadParameter("--person gives all there is, as JSON lines; leave out all but --data and --listen")
    for line in exported(settings, person):
        typer.echo(line)


def _asked(what: What, span: Iterable[str | None], kind: str | None, zone: ZoneInfo) -> Asked:
    from streams.storage.export_queries import Asked

    if kind is not None and what != "events":
        raise typer.BadParameter("--type is for events; leave it out")
    since, until = (None if text is None else options.instant(text, zone) for text in span)
    if since is not None and until is not None and until <= since:
        raise typer.BadParameter("--to is not after --from, so there is nothing between them; give a later --to")
    everything = Asked()
    return Asked(everything.since if since is None else since, everything.until if until is None else until, kind or "")


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
