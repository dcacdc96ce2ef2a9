"""The page of commands: what each verb says of itself when asked with --help, on a terminal of one width.

Knows: typer's command line. Must not know: what a verb does. Next: `streams/cli.py`.
"""

from __future__ import annotations

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from streams.cli import app
from tests.pages.reference.table import PRINTED

WIDTH = 100
"""Columns, whatever terminal this is printed on."""


def verbs() -> dict[str, TyperCommand]:
    """Give the verbs by their names, in the order of `kept --help`."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    found = {name: group.commands[name] for name in group.list_commands(typer.Context(group))}
    return {name: verb for name, verb in found.items() if isinstance(verb, TyperCommand)}


def commands() -> str:
    """Give the page."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    whole = typer.Context(group, info_name="kept", terminal_width=WIDTH)
    parts = [f"# Commands\n\n{PRINTED}\n\n```text\n$ kept --help\n{helped(group, whole)}```\n"]
    for name, verb in verbs().items():
        context = typer.Context(verb, info_name=name, parent=whole, terminal_width=WIDTH)
        parts.append(f"## kept {name}\n\n```text\n$ kept {name} --help\n{helped(verb, context)}```\n")
    return "\n".join(parts)


def helped(command: TyperCommand | TyperGroup, context: typer.Context) -> str:
    """Give what a command says of itself, without blanks at the ends of lines."""
    return "".join(f"{line.rstrip()}\n" for line in command.get_help(context).strip().splitlines())
