"""The command that crawls shops, and what it shows while it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from sneakers_ml.cli.output import print_json, print_table, warn, workspace_of
from sneakers_ml.errors import UsageError
from sneakers_ml.files import write_atomically
from sneakers_ml.workspace.paths import Workspace
from sneakers_ml.workspace.settings import load_settings

if TYPE_CHECKING:
    from scrapers.crawl import OnCrawlProgress, ShopProgress, ShopReport
    from scrapers.engine.crawl_report import CrawlReport
    from sneakers_ml.workspace.params import CrawlParams

__all__ = ["crawl"]

_COLUMNS = ("shop", "pages", "items", "photos", "errors", "MB", "seconds")
_LINE_SECONDS = 15.0
"""Between two lines about a shop, where standard error is no terminal."""
_DEMO_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The demo's listings are stamped with a fixed time, so that data/raw comes out the same wherever it is made."""


def crawl(
    context: typer.Context,
    shops: Annotated[list[str] | None, typer.Argument(metavar="[SHOP]...", help="Names of shops; none: all.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Crawl the demo's shops on this machine.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Listings a shop; the others that are known stay.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a crawl that was stopped or killed.")] = False,
    base: Annotated[str | None, typer.Option(metavar="URL", help="Address in place of the one SHOP's own.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Share the shops out over so many processes.")] = 1,
    report: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Crawl nothing: join the reports of workspaces, each after a --report."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the joined report as JSON.")] = False,
) -> None:
    """Fetch the listings and photos of shops into data/raw, slowly and politely.

    Real shops want to know who crawls them: set CRAWL_CONTACT. A crawl that is not good enough (too few listings,
    fields gone missing, pages failing) is not published: the last good data stays.

    Example: `sneakers crawl superkicks`
    """
    from scrapers.engine.crawl_report import join_reports, read_reports
    from sneakers_ml.workspace.crawl_tracking import is_demos, track_crawls
    from sneakers_ml.workspace.params import load_params

    names = list(shops or ())
    if report:
        if demo or resume or limit is not None or base is not None or processes > 1:
            raise UsageError("--report crawls nothing: leave out what says how to crawl")
        _print_report(join_reports(read_reports(report, names, on_message=warn)), as_json=json)
        return
    workspace = workspace_of(context)
    params = load_params(workspace.params).crawl
    if base is not None and (len(names) != 1 or demo):
        raise UsageError("--base is the address of one shop: name that shop, without --demo")
    if demo:
        reports = _crawl_demo(workspace, names, params, processes=processes, resume=resume, limit=limit)
    else:
        if is_demos(workspace):
            warn("the checkout's data/raw is the demo's, which takes it back; `sneakers workspace DIR` makes a folder")
        bases = {names[0]: base} if base is not None else {}
        options = {"contact": load_settings().crawl_contact, "bases": bases, "resume": resume, "limit": limit}
        reports = _crawl(workspace, names, params, processes=processes, **options)
    joined = join_reports(reports)
    write_atomically(workspace.reports / "crawl.json", joined.model_dump_json(indent=2).encode() + b"\n")
    if not demo:
        track_crawls(workspace, [one.shop for one in reports if one.published])
    _print_report(joined, as_json=json)


def _crawl_demo(workspace: Workspace, shops: list[str], params: CrawlParams, **options: Any) -> list[ShopReport]:
    """The demo's shops need no sparing, and have another port each time."""
    from demo.shops.server import storefronts

    retries = params.retries.model_copy(update={"first_wait": 0.1})
    hurried = {"delay": 0.0, "concurrency": 8, "autothrottle": False, "retries": retries}
    params = params.model_copy(update=hurried)
    with storefronts(workspace.root / "data" / "demo", shops=shops or None) as bases:
        aliases = {shop: f"https://{shop}.example" for shop in bases}
        return _crawl(workspace, list(bases), params, bases=bases, aliases=aliases, now=_DEMO_NOW, **options)


def _crawl(
    workspace: Workspace, shops: list[str], params: CrawlParams, *, processes: int, **options: Any
) -> list[ShopReport]:
    from scrapers.crawl import crawl as run
    from scrapers.processes import crawl_in_processes

    with _display() as on_progress:
        options |= {"on_progress": on_progress, "on_message": warn}
        if processes > 1:
            return crawl_in_processes(workspace, shops, params, processes=processes, **options)
        return run(workspace, shops, params, **options)


@contextmanager
def _display() -> Iterator[OnCrawlProgress]:
    """A table that is redrawn on a terminal; elsewhere a line a shop now and then."""
    console = Console(stderr=True, markup=False, emoji=False)
    if not console.is_terminal:
        yield _print_lines()
        return
    with Live(console=console, refresh_per_second=4) as live:

        def show(shops: Sequence[ShopProgress]) -> None:
            table = Table(*_COLUMNS)
            for shop in shops:
                table.add_row(*_row(shop), style="dim" if shop.done else "")
            live.update(table)

        yield show


def _print_lines() -> OnCrawlProgress:
    """A line a shop every 15 seconds, and one when it has ended."""
    start = monotonic()
    printed: dict[str, tuple[float, bool]] = {}  # shop -> time of its last line, and whether that was its end

    def show(shops: Sequence[ShopProgress]) -> None:
        for shop in shops:
            at, ended = printed.get(shop.shop, (start, False))
            if not ended and (shop.done or monotonic() - at > _LINE_SECONDS):
                printed[shop.shop] = monotonic(), shop.done
                cells = zip(_row(shop)[1:], _COLUMNS[1:], strict=True)
                shown = ", ".join(f"{value} {name}" for value, name in cells)
                warn(f"{shop.shop}: {shown}{', ended' if shop.done else ''}")

    return show


def _row(shop: ShopProgress) -> list[str]:
    counts = (shop.pages, shop.items, shop.photos, shop.errors)
    return [shop.shop, *map("{:,}".format, counts), f"{shop.bytes / 1e6:,.1f}", f"{shop.seconds:,.0f}"]


def _print_report(report: CrawlReport, *, as_json: bool) -> None:
    """A table of all shops, and one line a shop that was not published; ends with the exit code of the worst."""
    errors = [len(shop.failed_pages) + len(shop.failed_photos) + len(shop.invalid_items) for shop in report.shops]
    counts = ("listings", "pages", "pages_unchanged", "photos")
    rows = [
        [shop.shop, shop.verdict, *(f"{getattr(shop, name):,}" for name in counts), count, f"{shop.seconds:,.0f}"]
        for shop, count in zip(report.shops, errors, strict=True)
    ]
    if len(rows) > 1:
        rows.append(["all", "", *(f"{report.totals[name]:,}" for name in counts), sum(errors), ""])
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        print_table("crawl", ["shop", "", "listings", "pages", "same", "photos", "errors", "s"], rows)
    for shop in report.shops:
        if not shop.published:
            hint = "" if shop.verdict in ("failed", "skipped") else "; --resume goes on with it"
            warn(f"sneakers: {shop.shop}: {shop.verdict}: {'; '.join(shop.problems)}{hint}")
    if report.exit_code:
        raise typer.Exit(report.exit_code)
