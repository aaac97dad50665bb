"""Small shops crawled in several processes, some of which are killed."""

from __future__ import annotations

import json
import os
import signal
import time
from itertools import pairwise
from pathlib import Path

import pytest

from scrapers.engine.addresses import Address
from scrapers.engine.report import ShopReport
from scrapers.engine.shop_folder import ShopFolder
from scrapers.processes import shares
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.paths import Workspace
from tests.scrapers.engine.running import HURRIED, contents, crawl, ended, start
from tests.scrapers.engine.storefront import Shop, open_shops

ALIASES = {name: f"https://{name}.example" for name in ("alpha", "beta")}
GENTLE = HURRIED | {"concurrency": 1, "delay": 0.02}


def owner(workspace, shop):
    """The process that crawls a shop."""
    return int((workspace / "data" / "crawl" / shop / "lock").read_text(encoding="ascii").split()[0])


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def under_way(*shops):
    return all(len(shop.asked("/photo/")) > 4 for shop in shops)


class TestShares:
    @pytest.mark.parametrize(
        ("processes", "dealt"),
        [
            (1, [["b", "c", "a", "d"]]),
            (2, [["b", "c"], ["a", "d"]]),
            (9, [["b", "c"], ["a"], ["d"]]),
        ],
    )
    def test_shops_are_dealt_out_and_those_of_one_address_stay_together(self, processes, dealt):
        urls = {
            "a": "http://127.0.0.1:1",
            "b": "https://www.b.example",
            "c": "http://b.example",
            "d": "http://d.example",
        }
        assert shares({shop: Address.parse(url) for shop, url in urls.items()}, processes) == dealt


class TestTwoProcesses:
    @pytest.mark.slow
    def test_one_that_is_killed_costs_only_its_own_shop_which_is_resumed(self, tmp_path):
        alpha, beta = Shop("alpha"), Shop("beta", count=2)
        options = {"aliases": ALIASES, "params": GENTLE}
        with open_shops(alpha, beta) as bases:
            process = start(tmp_path / "killed", bases, processes=2, **options)
            journal = tmp_path / "killed" / "data" / "crawl" / "alpha" / "journal.jsonl"
            wait_for(lambda: journal.exists() and journal.read_bytes().count(b'"photo":') > 3)
            os.kill(owner(tmp_path / "killed", "alpha"), signal.SIGKILL)
            killed = ended(process)
            rows = [json.loads(line) for line in journal.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
            kept = {row["photo"].removeprefix(ALIASES["alpha"]) for row in rows if "photo" in row}
            alpha.hits.clear()
            resumed = crawl(tmp_path / "killed", {"alpha": bases["alpha"]}, resume=True, **options)
            again = set(alpha.asked("/photo/"))
            assert crawl(tmp_path / "whole", bases, **options).code == 0
        assert killed.code == 1
        assert killed.said == ""
        assert {shop: report["verdict"] for shop, report in killed.reports.items()} == {
            "alpha": "unfinished",
            "beta": "published",
        }
        assert killed.reports["alpha"]["problems"] == ["its process was killed by SIGKILL"]
        assert (resumed.code, resumed.reports["alpha"]["resumed"]) == (0, True)
        assert kept
        assert kept.isdisjoint(again)
        assert contents(tmp_path / "killed" / "data" / "raw") == contents(tmp_path / "whole" / "data" / "raw")

    def test_a_busy_shop_is_skipped_and_shops_of_one_address_are_asked_one_thing_at_a_time(self, tmp_path):
        alpha, beta = Shop("alpha"), Shop("beta", count=1)
        with open_shops(alpha, beta) as bases, ShopFolder(Workspace(tmp_path), "alpha").locked():
            shops = {**bases, "away": bases["beta"]}
            outcome = crawl(tmp_path, shops, params=GENTLE | {"delay": 0.1}, processes=2)
        assert outcome.code == 1
        verdicts = {shop: report["verdict"] for shop, report in outcome.reports.items()}
        assert verdicts == {"alpha": "skipped", "beta": "published", "away": "published"}
        busy = f"alpha is being crawled by another process (pid {os.getpid()})"
        assert outcome.reports["alpha"]["problems"][0].startswith(busy)
        assert alpha.hits == []
        times = [hit.at for hit in beta.hits]
        assert len(times) == 2 * (1 + 2 + 1 + 2)
        gaps = sorted(late - early for early, late in pairwise(times))
        assert gaps[1] > 0.05, "at most one pair is close: where the second shop begins"


@pytest.mark.slow
class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_all_in_order(self, tmp_path, number):
        shops = Shop("alpha"), Shop("beta")
        with open_shops(*shops) as bases:
            process = start(tmp_path, bases, params=GENTLE, processes=2)
            wait_for(lambda: under_way(*shops))
            process.send_signal(number)
            stopped = ended(process)
            seen = [set(shop.asked("/photo/")) for shop in shops]
            resumed = crawl(tmp_path, bases, params=GENTLE, processes=2, resume=True)
        assert [report["verdict"] for report in stopped.reports.values()] == ["interrupted"] * 2
        assert [report["problems"] for report in stopped.reports.values()] == [["stopped before its end"]] * 2
        assert stopped.said == ""
        assert resumed.code == 0
        assert all(
            shop.asked("/photo/").count(path) == 1 for shop, paths in zip(shops, seen, strict=True) for path in paths
        )

    def test_the_second_signal_ends_them_at_once(self, tmp_path):
        shops = Shop("alpha"), Shop("beta")
        with open_shops(*shops) as bases:
            process = start(tmp_path, bases, params=GENTLE | {"delay": 0.5}, processes=2)
            wait_for(lambda: all(shop.hits for shop in shops))
            owners = [owner(tmp_path, name) for name in bases]
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            assert ended(process).code == 130
            wait_for(lambda: not any(map(alive, owners)))

    def test_processes_whose_parent_was_killed_end_in_order(self, tmp_path):
        shops = Shop("alpha"), Shop("beta")
        with open_shops(*shops) as bases:
            process = start(tmp_path, bases, params=GENTLE, processes=2)
            wait_for(lambda: under_way(*shops))
            process.kill()
            wait_for(lambda: not any(alive(owner(tmp_path, name)) for name in bases))
            process.communicate()
        for name in bases:
            report = ShopReport.model_validate_json((tmp_path / "reports" / "crawl" / f"{name}.json").read_bytes())
            assert report.verdict == "interrupted"
            assert report.problems == ["the process that started it was killed"]

    def test_what_all_may_take_holds_for_them_together(self, tmp_path):
        shops = Shop("alpha"), Shop("beta")
        limits = HURRIED["limits"] | {"run_bytes": 4096}
        with open_shops(*shops) as bases:
            outcome = crawl(tmp_path, bases, params=GENTLE | {"limits": limits, "delay": 0.1}, processes=2)
        assert outcome.code == 1
        assert {report["verdict"] for report in outcome.reports.values()} == {"stopped"}
        assert all(
            report["problems"] == ["more than 4,096 bytes came from all shops"] for report in outcome.reports.values()
        )


def alive(pid):
    """Whether a process runs; one that is dead and not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_lock_names_the_host_where_it_is_another(tmp_path):
    folder = ShopFolder(Workspace(tmp_path), "alpha")
    with folder.locked():
        (folder.root / "lock").write_text("17 elsewhere\n", encoding="ascii")
        with (
            pytest.raises(SneakersError, match=r"alpha is being crawled .* \(pid 17\) on elsewhere in"),
            folder.locked(),
        ):
            raise AssertionError
