"""The command line. Data goes to stdout, talk to stderr.

Exit codes: 0 fine, 1 found something, 2 the input is wrong, 3 the world is wrong (broker, disk, port); and as shells
have them, 130 interrupted and 141 nobody reads the output. Each verb loads only what it needs, so `--help` is quick.
Read next: `streams/backtest/backtest.py` and `streams/embedded/embedded.py`, which do the work.
"""

from __future__ import annotations

import json
import os
import re
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from standards.errors import DiskError, EventError, KeptError, SpecError, StateError
from streams import options
from streams.bridge import cli as bridge
from streams.checking import cli as checking
from streams.drafting import cli as drafting
from streams.embedded import cli as embedded
from streams.kafka import cli as kafka
from streams.monitoring import cli as monitoring
from streams.review import cli as review
from streams.sheets import cli as sheets
from streams.staffing import cli as staffing
from streams.stories import cli as stories

if TYPE_CHECKING:
    from collections.abc import Sequence

Data = Annotated[str | None, typer.Option(metavar="FOLDER", help="Where all is kept (KEPT_DATA).")]

LASTING = ("run", "intake", "worker", "serve", "in")
"""The verbs that are processes with a log."""
SLOWEST, FASTEST = 0.1, 1000.0
"""How fast the clock of the demo can run."""


class Exit(IntEnum):
    """What the exit code of a verb means."""

    FINE = 0
    FOUND = 1
    BAD_INPUT = 2
    BAD_WORLD = 3
    INTERRUPTED = 130
    UNREAD = 141


class _Verbs(TyperGroup):
    """The verbs, which end in order where the user or the reader of the output has had enough."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - what typer hands round
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _stop("\nkept: stopped." if sys.stderr.isatty() else "kept: stopped.", Exit.INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else what is left is tried again at exit
            sys.exit(Exit.UNREAD)


app = typer.Typer(
    cls=_Verbs, help="Kept watches the promises a service team has declared, and says so before one is broken.",
    epilog="Exit codes: 0 fine, 1 found something, 2 the input is wrong, 3 the world is wrong (broker, disk, port).",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, this process's own where none is given, and say on stderr why it ended, if it failed."""
    say = _say_as_json if _logs_as_json(sys.argv[1:] if arguments is None else arguments) else _say
    try:
        _run(arguments)
    except _StoppedError as stopped:
        say(str(stopped))
        sys.exit(stopped.code)


def _run(arguments: Sequence[str] | None) -> NoReturn:
    """Run the command line, and turn our own errors into their exit codes."""
    try:
        sys.exit(app(arguments, standalone_mode=False, prog_name="kept"))
    except typer.Abort:
        _stop("\nkept: stopped.", Exit.FOUND)
    except TyperException as error:
        _misused(error, sys.argv[1:] if arguments is None else arguments)
    except SpecError as error:
        _stop(f"{error}\n\n{_some(len(error.findings), 'finding')}.", Exit.BAD_INPUT)
    except EventError as error:
        _stop(f"kept: {error}", Exit.BAD_INPUT)
    except DiskError as error:
        _stop(f"kept: {error}, and start again", Exit.BAD_WORLD)
    except StateError as error:
        _stop(f"kept: {error}", Exit.BAD_WORLD)
    except KeptError as error:
        _stop(f"kept: {error}", Exit.FOUND)
    except OSError as error:
        _stop(f"kept: {error.filename or 'the system'}: {(error.strerror or str(error)).lower()}", Exit.BAD_WORLD)


def _misused(error: Any, arguments: Sequence[str]) -> NoReturn:  # noqa: ANN401 - typer names the kinds of it nowhere
    """Say in one sentence what is wrong with the arguments; without any, what there is."""
    said, context = error.format_message(), getattr(error, "ctx", None)
    verb = next((each for each in arguments[:1] if each in typer.main.get_group(app).commands), "")
    command = f"kept {verb}".strip() if context is None else context.command_path
    if said.startswith("Usage:"):
        _stop(said, Exit.BAD_INPUT)
    said = re.sub(r"^Invalid value(?: for '?([^':]+)'?)?: ", lambda found: f"{found[1]}: " if found[1] else "", said)
    said = said.replace("Value error, ", "")
    _stop(f"kept: {said[:1].lower()}{said[1:]}\nAll options: {command} --help", Exit.BAD_INPUT)


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class _StoppedError(Exception):
    """The command has ended, and this is to be said."""

    def __init__(self, message: str, code: Exit) -> None:
        self.code = code
        super().__init__(message)


def _stop(message: str, code: Exit) -> NoReturn:
    raise _StoppedError(message, code) from None


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _logs_as_json(arguments: Sequence[str]) -> bool:
    """Say whether this is a process with a log, and all that it says is to be JSON; then set that up.

    The settings are not read yet: what is wrong with them is said in that log, too.
    """
    as_json = os.environ.get("KEPT_LOG_FORMAT", "").strip() == "json"
    if not as_json or not arguments or arguments[0] not in LASTING:
        return False
    from streams.live.logging_setup import configure_logs

    configure_logs(sys.stderr, as_json=True)
    return True


def _say_as_json(message: str) -> None:
    import structlog

    from streams.live.logging_setup import configure_logs

    configure_logs(sys.stderr, as_json=True)  # the process may have closed the stream of its own
    structlog.get_logger("kept").error(message.strip().removeprefix("kept: "))


def _version(wanted: bool) -> None:  # noqa: FBT001 - a callback of typer's
    if wanted:
        from streams.version import installed_version

        typer.echo(f"kept {installed_version()}")
        raise typer.Exit


@app.callback()
def kept(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is, and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Kept watches the promises a service team has declared, and says so before one is broken."""


@app.command(epilog="Example: kept run --standards grocery.yaml --data /var/lib/kept")
def run(
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Watch a simulated shop and call centre.")] = False,
    standards: options.Standards = None,
    data: Data = None,
    listen: options.Listen = None,
    speed: Annotated[
        float,
        typer.Option(metavar="N", help="How fast the demo's clock runs.", callback=options.within(SLOWEST, FASTEST)),
    ] = 1.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Which day the demo plays.")] = 1,
    calm: Annotated[
        bool, typer.Option("--calm", help="The demo plays a day on which nothing is broken, and no feed falls silent.")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Log lines, even on a terminal.")] = False,
) -> None:
    """Run Kept on this machine.

    Takes events in over HTTP, judges them and tells people.
    """
    import asyncio

    from streams.embedded.running import Plan
    from streams.embedded.running import run as run_host
    from streams.settings import read_settings

    settings = read_settings(data=data, listen=listen, standards=tuple(standards) if standards else None)
    asyncio.run(run_host(Plan(settings, demo, speed, seed, calm, plain)))


@app.command(name="time", epilog="Example: kept time --accept --listen 127.0.0.1:8321")
def show_time(
    *,
    accept: Annotated[bool, typer.Option("--accept", help="This machine's clock is right: go over to it now.")] = False,
    listen: options.Listen = None,
) -> None:
    """Say how Kept's time stands against this machine's clock.

    Asks the `kept run` that listens there. A clock that was set, either way, does not move time: this says since when
    both differ and what comes of it, and ends with 1. With --accept time goes over to this machine's clock now.
    """
    from streams.embedded.asking_time import ask_time, in_words
    from streams.settings import read_settings

    settings = read_settings(listen=listen)
    view = ask_time(settings, accept=accept)
    typer.echo(in_words(view, settings.zone))
    sys.exit(Exit.FOUND if view.step_seconds else Exit.FINE)


class Id(str):
    """The id of something, as it is copied from a page or a message."""

    __slots__ = ()


@app.command(epilog="Example: kept why 3a9e255dd0f908367da3 --data /var/lib/kept")
def why(
    promise: Annotated[Id, typer.Argument(help="Which one.", metavar="PROMISE", parser=Id)],
    *,
    data: Data = None,
    names: Annotated[bool, typer.Option("--names", help="Name people, as the file of names knows them.")] = False,
) -> None:
    """Tell the whole story of one promise.

    Its events, the arithmetic of its clock, the clause, who was told, and who was not and why. Nothing is changed, and
    a host that uses the folder goes on.
    """
    from streams.delivery.channel_settings import secret_of
    from streams.explain.why import story
    from streams.settings import read_settings

    settings = read_settings(data=data)
    told = story(settings.data, promise, settings.zone)
    if names:
        from streams.names.showing import showing_from

        with showing_from(settings.data, secret_of(settings.person_secret)) as showing:
            told = told if showing is None else showing.text(told)
    typer.echo(told)


@app.command(epilog="Example: kept schema > kept.schema.json")
def schema(
    form: Annotated[
        Literal["standards", "policy", "practice", "mapping", "stories"], typer.Argument(help="Of which documents.")
    ] = "standards",
) -> None:
    """Print the JSON Schema of a kind of document, for editors."""
    from streams.documents.forms import schema_for

    typer.echo(json.dumps(schema_for(form), indent=2))


checking.register(app)
bridge.register(app)
embedded.register(app)
kafka.register(app)
stories.register(app)
staffing.register(app)
drafting.register(app)
review.register(app)
sheets.register(app)
monitoring.register(app)
