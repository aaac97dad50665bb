"""What commands print: rich tables for people on standard output, warnings on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from sneakers_ml.workspace.paths import Workspace

__all__ = ["console", "print_facts", "print_json", "print_table", "warn", "workspace_of"]

console = Console(highlight=False)


def workspace_of(context: typer.Context) -> Workspace:
    """The workspace that the global option chose."""
    workspace: Workspace = context.obj
    return workspace


def print_facts(title: str, facts: Mapping[str, object]) -> None:
    """A stage's result: a title and a line a fact."""
    console.print(f"[bold]{title}[/bold]")
    for name, value in facts.items():
        shown = f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
        console.print(f"  {name}: {shown}", markup=False, soft_wrap=True)


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table; numbers arrive formatted."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row))
    console.print(table, markup=False)


def print_json(content: Mapping[str, Any]) -> None:
    """One object on a line."""
    line = json.dumps(content, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding)
    except UnicodeEncodeError:  # a file name that is not UTF-8, or a terminal that has no such letters
        line = json.dumps(content)
    typer.echo(line)


def warn(line: str) -> None:
    """One line on standard error."""
    typer.echo(line, err=True)
