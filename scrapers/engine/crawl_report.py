"""The reports of many shops as one: of a crawl in one process or several, or of crawls on many hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from scrapers.engine.report import RefusedRequests, ShopReport, Verdict
from sneakers_ml.errors import DataError
from sneakers_ml.workspace.paths import Workspace

__all__ = ["CrawlReport", "join_reports", "read_reports"]

_WORSE = {verdict: place for place, verdict in enumerate(get_args(Verdict))}
_SINGLE = ("shop", "base", "verdict", "problems", "now", "resumed", "coverage")
"""Fields that are of one shop and add up to nothing."""


class CrawlReport(BaseModel):
    """Runs over several shops; `verdict` is the worst.

    `totals` has the names of `ShopReport`: sums of its numbers (`seconds` too, however many ran side by side), how many
    entries its lists have, and its tables of counts added up; and in `published`, how many shops were.
    """

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    totals: dict[str, int | float | dict[str, int]]
    shops: list[ShopReport]

    @property
    def exit_code(self) -> int:
        """130 where the user stopped it, 1 where a shop was not published, else 0."""
        verdicts = {report.verdict for report in self.shops}
        return 130 if "interrupted" in verdicts else int(verdicts != {"published"})


def join_reports(reports: Sequence[ShopReport]) -> CrawlReport:
    """Join reports, one a shop or more, at least one."""
    names = [name for name in ShopReport.model_fields if name not in _SINGLE]
    totals = {name: _total([getattr(report, name) for report in reports]) for name in names}
    return CrawlReport(
        verdict=max((report.verdict for report in reports), key=_WORSE.__getitem__),
        totals={"published": sum(report.published for report in reports), **totals},
        shops=list(reports),
    )


def _total(values: Sequence[Any]) -> int | float | dict[str, int]:
    if isinstance(values[0], dict):
        return dict(sorted(sum(map(Counter, values), Counter()).items()))
    if isinstance(values[0], list):
        entries = [entry for value in values for entry in value]
        return sum(entry.times if isinstance(entry, RefusedRequests) else 1 for entry in entries)
    total = sum(values)
    return round(total, 2) if isinstance(total, float) else int(total)


def read_reports(
    folders: Iterable[Path], shops: Sequence[str] = (), *, on_message: Callable[[str], None] = lambda _: None
) -> list[ShopReport]:
    """Read what crawls in several workspaces have reported, by name of shop; of each shop the newest run counts.

    Args:
        folders: workspaces, or copies of their reports/crawl.
        shops: those that are wanted; none: all.
        on_message: called with a line for each report that an other is newer than.

    Raises:
        DataError: a folder without reports, a report that cannot be read, or none of a shop that is wanted.
    """
    found: dict[str, tuple[ShopReport, Path]] = {}
    for folder in folders:
        inside = Workspace(folder).reports / "crawl"
        files = sorted((inside if inside.is_dir() else folder).glob("*.json"))
        if not files:
            raise DataError(f"{folder}: no reports of crawls; name a workspace, or a copy of its reports/crawl")
        for file in files:
            if shops and file.stem not in shops:
                continue
            try:
                report = ShopReport.model_validate_json(file.read_bytes())
            except (OSError, ValidationError):
                raise DataError(
                    f"{file}: not a report of a crawl; remove it, the shop's next crawl writes it anew"
                ) from None
            other, where = found.get(report.shop, (report, file))
            if other != report:
                older = file if report.now < other.now else where
                on_message(f"{report.shop}: {older} is left out, as there is a report of a newer crawl")
            if report.now >= other.now:
                found[report.shop] = report, file
    if missing := sorted(set(shops) - set(found)):
        raise DataError(f"{', '.join(missing)}: no report of a crawl in the folders named")
    return [found[shop][0] for shop in sorted(found)]
