from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scrapers.engine.crawl_report import CrawlReport, join_reports, read_reports
from scrapers.engine.report import Problem, RefusedRequests, ShopReport
from sneakers_ml.errors import DataError


def report(shop, verdict="published", day=1, **figures):
    now = datetime(2026, 5, day, tzinfo=UTC)
    return ShopReport(shop=shop, base=f"https://{shop}.example", verdict=verdict, problems=[], now=now, **figures)


ONE = report(
    "alpha",
    pages=10,
    seconds=1.25,
    listings=7,
    failed_pages=[Problem("/a", "HTTP 500"), Problem("/b", "HTTP 404")],
    refused=[RefusedRequests("inside", "an internal address", 3), RefusedRequests("cdn", "robots.txt", 2)],
    errors={"HTTP 500": 1, "HTTP 404": 4},
    read_from={"json": 7},
)
TWO = report(
    "beta", "stopped", pages=5, seconds=0.5, listings=2, failed_pages=[Problem("/c", "x")], errors={"HTTP 500": 2}
)


def saved(folder, *reports):
    """A folder with reports, as a workspace has them."""
    (folder / "reports" / "crawl").mkdir(parents=True)
    for one in reports:
        (folder / "reports" / "crawl" / f"{one.shop}.json").write_text(one.model_dump_json(), encoding="utf-8")
    return folder


class TestJoining:
    def test_numbers_and_counts_add_up_and_lists_are_counted(self):
        joined = join_reports([ONE, TWO])
        expected = {
            "published": 1,
            "pages": 15,
            "seconds": 1.75,
            "listings": 9,
            "failed_pages": 3,
            "refused": 5,
            "errors": {"HTTP 404": 4, "HTTP 500": 3},
            "read_from": {"json": 7},
            "photos": 0,
            "notes": {},
        }
        assert {name: joined.totals[name] for name in expected} == expected
        assert set(joined.totals) - {"published"} < set(ShopReport.model_fields)
        assert CrawlReport.model_validate_json(joined.model_dump_json()) == joined

    @pytest.mark.parametrize(
        ("verdicts", "worst", "code"),
        [
            (["published"], "published", 0),
            (["published", "skipped"], "skipped", 1),
            (["interrupted", "published"], "interrupted", 130),
            (["unfinished", "interrupted"], "unfinished", 130),
            (["published", "unfinished"], "unfinished", 1),
            (["stopped", "unfinished"], "stopped", 1),
            (["failed", "stopped"], "failed", 1),
        ],
    )
    def test_the_worst_verdict_shows(self, verdicts, worst, code):
        joined = join_reports([report(str(number), verdict) for number, verdict in enumerate(verdicts)])
        assert (joined.verdict, joined.exit_code) == (worst, code)


class TestReading:
    def test_reports_come_from_workspaces_and_from_copies_of_their_reports(self, tmp_path):
        folders = [saved(tmp_path / "b", TWO), saved(tmp_path / "a", ONE) / "reports" / "crawl"]
        assert read_reports(folders) == [ONE, TWO]
        assert read_reports(folders, ["beta"]) == [TWO]

    @pytest.mark.parametrize("swapped", [False, True])
    def test_the_newest_run_of_a_shop_counts_once(self, tmp_path, swapped):
        newer = report("alpha", "failed", day=2, pages=1)
        folders = [saved(tmp_path / "old", ONE, TWO), saved(tmp_path / "new", newer)]
        said: list[str] = []
        assert read_reports(folders[::-1] if swapped else folders, on_message=said.append) == [newer, TWO]
        (line,) = said
        assert line.startswith(f"alpha: {folders[0]}")
        assert read_reports([folders[0], folders[0]], on_message=said.append) == [ONE, TWO]
        assert len(said) == 1, "the same report twice is nothing to tell"

    def test_what_cannot_be_read_is_named(self, tmp_path):
        with pytest.raises(DataError, match="nowhere: no reports of crawls; name a workspace"):
            read_reports([tmp_path / "nowhere"])
        folder = saved(tmp_path / "one", ONE)
        with pytest.raises(DataError, match="beta, gamma: no report of a crawl in the folders named"):
            read_reports([folder], ["alpha", "gamma", "beta"])
        (folder / "reports" / "crawl" / "beta.json").write_text('{"shop": "be', encoding="utf-8")
        with pytest.raises(DataError, match=r"beta\.json: not a report of a crawl; remove it"):
            read_reports([folder])
