"""What commands print: rich tables for people on standard output, warnings on standard error.

Everything goes through here, so that words of others (file names, titles) are shown as they are: never as control
codes, markup or shortcuts of emoji.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from sneakers_ml.terminal import printable
from sneakers_ml.workspace.paths import Workspace

__all__ = ["console", "print_facts", "print_json", "print_line", "print_table", "warn", "workspace_of"]

console = Console(highlight=False, markup=False, emoji=False)


def workspace_of(context: typer.Context) -> Workspace:
    """The workspace that the global option chose."""
    workspace: Workspace = context.obj
    return workspace


def print_line(line: str, *, bold: bool = False) -> None:
    """One line, however long."""
    console.print(printable(line), style="bold" if bold else None, soft_wrap=True)


def print_facts(title: str, facts: Mapping[str, object]) -> None:
    """A stage's result: a title and a line a fact."""
    print_line(title, bold=True)
    for name, value in facts.items():
        shown = f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
        print_line(f"  {name}: {shown}")


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table; numbers arrive formatted, a cell of several lines as their list."""
    table = Table(title=printable(title), title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = (cell if isinstance(cell, list) else [cell] for cell in row)
        table.add_row(*("\n".join(printable(str(line)) for line in lines) for lines in cells))
    console.print(table)


def print_json(content: Mapping[str, Any]) -> None:
    """One object on a line."""
    line = json.dumps(content, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding)
        plain = printable(line) == line
    except UnicodeEncodeError:  # a file name that is not UTF-8, or a terminal that has no such letters
        plain = False
    typer.echo(line if plain else json.dumps(content))


def warn(line: str) -> None:
    """One line on standard error."""
    typer.echo(printable(line), err=True)
