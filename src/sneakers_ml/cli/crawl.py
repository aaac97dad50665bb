"""The command that crawls shops, and what it shows while it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from sneakers_ml.cli.output import print_table, warn, workspace_of
from sneakers_ml.errors import UsageError
from sneakers_ml.workspace.crawl_tracking import is_demos, track_crawls
from sneakers_ml.workspace.params import CrawlParams, load_params
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import load_settings

if TYPE_CHECKING:
    from scrapers.crawl import Progress, ShopReport, Standing

__all__ = ["register"]

_COLUMNS = ("shop", "pages", "items", "photos", "errors", "MB", "seconds")
_PLAIN_SECONDS = 15.0
"""Between two lines about a shop, where standard error is no terminal."""
_DEMO_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The demo's listings are stamped with a fixed time, so that data/raw comes out the same wherever it is made."""
_INTERRUPTED = 130


def crawl(
    context: typer.Context,
    shops: Annotated[list[str] | None, typer.Argument(metavar="[SHOP]...", help="Names of shops; none: all.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Crawl the demo's shops on this machine.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Listings a shop; the others that are known stay.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a crawl that was stopped or killed.")] = False,
    base: Annotated[str | None, typer.Option(metavar="URL", help="Address in place of the one SHOP's own.")] = None,
) -> None:
    """Fetch the listings and photos of shops into data/raw, slowly and politely.

    Real shops want to know who crawls them: set CRAWL_CONTACT. A crawl that is not good enough (too few listings,
    fields gone missing, pages failing) is not published: the last good data stays.

    Example: `sneakers crawl superkicks`
    """
    workspace = workspace_of(context)
    params = load_params(workspace.params).crawl
    wanted = list(shops or ())
    if base is not None and (len(wanted) != 1 or demo):
        raise UsageError("--base is the address of one shop: name that shop, without --demo")
    told: dict[str, Any] = {"resume": resume, "limit": limit}
    if demo:
        reports = _crawl_demo(workspace, wanted, params, **told)
    else:
        if is_demos(workspace):
            warn("the checkout's data/raw is the demo's, which takes it back; `sneakers workspace DIR` makes a folder")
        told |= {"contact": load_settings().crawl_contact, "bases": {wanted[0]: base} if base is not None else {}}
        reports = _crawl(workspace, wanted, params, **told)
        track_crawls(workspace, [report.shop for report in reports if report.published])
    _print(reports)
    _end(reports)


def _crawl_demo(workspace: Workspace, shops: list[str], params: CrawlParams, **told: Any) -> list[ShopReport]:
    """The demo's shops need no sparing, and have another port each time."""
    from demo.shops.server import storefronts

    hurried = params.model_copy(
        update={
            "delay": 0.0,
            "concurrency": 8,
            "autothrottle": False,
            "retries": params.retries.model_copy(update={"first_wait": 0.1}),
        }
    )
    with storefronts(workspace.root / "data" / "demo", shops=shops or None) as bases:
        aliases = {shop: f"https://{shop}.example" for shop in bases}
        return _crawl(workspace, list(bases), hurried, bases=bases, aliases=aliases, now=_DEMO_NOW, **told)


def _crawl(workspace: Workspace, shops: list[str], params: CrawlParams, **told: Any) -> list[ShopReport]:
    from scrapers.crawl import crawl as run

    with _display() as progress:
        return run(workspace, shops, params, progress=progress, tell=warn, **told)


@contextmanager
def _display() -> Iterator[Progress]:
    """A table that is redrawn on a terminal; elsewhere a line a shop now and then."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain()
        return
    with Live(console=console, refresh_per_second=4) as live:

        def show(standings: Sequence[Standing]) -> None:
            table = Table(*_COLUMNS)
            for standing in standings:
                table.add_row(*_row(standing), style="dim" if standing.done else "")
            live.update(table)

        yield show


def _plain() -> Progress:
    start = monotonic(), False
    told: dict[str, tuple[float, bool]] = {}

    def show(standings: Sequence[Standing]) -> None:
        for standing in standings:
            at, done = told.get(standing.shop, start)
            if (standing.done and not done) or (not done and monotonic() - at > _PLAIN_SECONDS):
                told[standing.shop] = monotonic(), standing.done
                shown = ", ".join(
                    f"{value} {name}" for name, value in zip(_COLUMNS[1:], _row(standing)[1:], strict=True)
                )
                warn(f"{standing.shop}: {shown}{', ended' if standing.done else ''}")

    return show


def _row(standing: Standing) -> list[str]:
    counts = (standing.pages, standing.items, standing.photos, standing.errors)
    return [standing.shop, *map("{:,}".format, counts), f"{standing.bytes / 1e6:,.1f}", f"{standing.seconds:,.0f}"]


def _print(reports: Sequence[ShopReport]) -> None:
    rows = [
        [
            report.shop,
            report.verdict,
            f"{report.listings:,}",
            f"{report.pages:,}",
            f"{report.pages_unchanged:,}",
            f"{report.photos:,}",
            len(report.failed_pages) + len(report.failed_photos) + len(report.invalid_items),
            f"{report.seconds:,.0f}",
        ]
        for report in reports
    ]
    print_table("crawl", ["shop", "", "listings", "pages", "same", "photos", "errors", "s"], rows)


def _end(reports: Sequence[ShopReport]) -> None:
    """One line a shop that was not published, and the exit code."""
    for report in reports:
        if not report.published:
            hint = "" if report.verdict == "failed" else "; --resume goes on with it"
            warn(f"sneakers: {report.shop}: {report.verdict}: {'; '.join(report.problems)}{hint}")
    if any(report.verdict == "interrupted" for report in reports):
        raise typer.Exit(_INTERRUPTED)
    if not all(report.published for report in reports):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command()(crawl)
