from __future__ import annotations

import json
import re

import pytest
import yaml

from demo.shops.server import storefronts
from scrapers.engine.shop_folder import ShopFolder
from sneakers_ml.catalogue.listing import read_listings
from sneakers_ml.workspace.make import make_workspace
from sneakers_ml.workspace.paths import Workspace
from tests.scrapers.engine.storefront import Failing, open_shops
from tests.support.command import run_process
from tests.support.tiny import PARAMS

HURRIED = "crawl: {delay: 0, autothrottle: false, retries: {times: 0, give_up_after: 2}, limits: {free_disk: 0}}\n"


@pytest.fixture
def workspace(tmp_path):
    """One in which a crawl would hurry."""
    (tmp_path / "params.yaml").write_text(PARAMS + HURRIED, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nike"], "there is no shop nike; the shops are sneakerbaas, superkicks, highsnobiety, kickscrew, footshop"),
        (
            ["superkicks"],
            "crawling superkicks needs a contact that shops can read in the user agent: set CRAWL_CONTACT",
        ),
        (["--base", "http://127.0.0.1:9"], "--base is the address of one shop"),
        (["footshop", "--demo", "--base", "http://127.0.0.1:9"], "--base is the address of one shop"),
        (["footshop", "--base", "127.0.0.1:9"], "127.0.0.1:9: not a shop's address; give http://host:port"),
        (["nike", "--processes", "2"], "there is no shop nike"),
        (["superkicks", "--processes", "2"], "crawling superkicks needs a contact"),
        (["--report", ".", "--processes", "2"], "--report crawls nothing: leave out what says how to crawl"),
    ],
)
def test_what_cannot_work_is_said_in_one_line(sneakers, workspace, arguments, words):
    assert sneakers("--workspace", workspace, "crawl", *arguments).failed_in_one_line(2, words)
    assert not (workspace / "data").exists()


@pytest.mark.parametrize("arguments", [["superkicks"], ["superkicks", "--base", "https://shop.example"]])
def test_a_real_shop_is_not_asked_without_a_contact(workspace, arguments):
    outcome = run_process("--workspace", workspace, "crawl", *arguments, cwd=workspace)
    assert outcome.failed_in_one_line(2, "crawling superkicks needs a contact", "set CRAWL_CONTACT")


def test_a_contact_must_be_one(workspace):
    outcome = run_process("--workspace", workspace, "crawl", "superkicks", cwd=workspace, CRAWL_CONTACT="a friend")
    assert outcome.failed_in_one_line(2, "CRAWL_CONTACT", "must be a mail address")


def test_a_demo_that_was_never_drawn_is_said_in_one_line(sneakers, workspace):
    outcome = sneakers("--workspace", workspace, "crawl", "--demo")
    assert outcome.failed_in_one_line(1, "manifest.csv: cannot be read", "draw the demo with `sneakers demo`")


def test_a_shop_is_crawled_once_at_a_time(sneakers, workspace):
    with ShopFolder(Workspace(workspace), "footshop").locked():
        outcome = sneakers("--workspace", workspace, "crawl", "footshop", "--base", "http://127.0.0.1:9")
    assert outcome.failed_in_one_line(1, "footshop is being crawled by another process")


def test_shops_that_are_all_busy_are_refused_in_several_processes_too(workspace):
    with ShopFolder(Workspace(workspace), "footshop").locked():
        arguments = ["footshop", "--base", "http://127.0.0.1:9", "--processes", "2"]
        outcome = run_process("--workspace", workspace, "crawl", *arguments, cwd=workspace)
    (line,) = [line for line in outcome.err.splitlines() if line.startswith("sneakers: ")]
    assert line.startswith("sneakers: footshop is being crawled by another process")
    assert outcome.code == 1


def test_reports_of_several_workspaces_are_joined(sneakers, tmp_path):
    for shop, verdict, pages in (("footshop", "published", 3), ("kickscrew", "interrupted", 4)):
        folder = tmp_path / shop / "reports" / "crawl"
        folder.mkdir(parents=True)
        fields = {"shop": shop, "base": "https://shop.example", "verdict": verdict, "problems": ["because"]}
        text = json.dumps({**fields, "now": "2026-01-01T00:00:00Z", "pages": pages})
        (folder / f"{shop}.json").write_text(text, encoding="utf-8")
    folders = ["--report", tmp_path / "footshop", "--report", tmp_path / "kickscrew"]
    outcome = sneakers("crawl", *folders, "--json")
    joined = json.loads(outcome.out)
    assert outcome.code == 130
    assert (joined["verdict"], joined["totals"]["pages"], joined["totals"]["published"]) == ("interrupted", 7, 1)
    assert [shop["shop"] for shop in joined["shops"]] == ["footshop", "kickscrew"]
    assert outcome.err == "sneakers: kickscrew: interrupted: because; --resume goes on with it\n"
    assert sneakers("crawl", "footshop", *folders).code == 0
    assert sneakers("crawl", "--report", tmp_path).failed_in_one_line(1, "no reports of crawls; name a workspace")


def test_params_can_say_where_a_shop_is(sneakers, workspace):
    base = 'crawl: {base: {footshop: "ftp://shop"}}\n'
    (workspace / "params.yaml").write_text(PARAMS + base, encoding="utf-8")
    assert sneakers("--workspace", workspace, "crawl", "footshop").failed_in_one_line(2, "ftp://shop: not a shop's")


def test_a_shop_that_is_not_published_is_one_line_and_exit_code_1(workspace):
    class Down(Failing):
        def answer(self, path):
            return super().answer("/p/1" if path != "/robots.txt" else path)

    proxied = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    with open_shops(Down("superkicks")) as bases:
        outcome = run_process(
            "--workspace", workspace, "crawl", "superkicks", "--base", bases["superkicks"], cwd=workspace, **proxied
        )
    assert outcome.code == 1
    (line,) = [line for line in outcome.err.splitlines() if line.startswith("sneakers: ")]
    assert re.match(r"sneakers: superkicks: stopped: 2 pages in a row failed, the last with HTTP 500; --resume", line)
    assert "superkicks" in outcome.out
    assert "Traceback" not in outcome.err
    assert (workspace / "reports" / "crawl" / "superkicks.json").is_file()
    assert (workspace / "data" / "crawl" / "superkicks" / "crawl.log").is_file()
    assert not (workspace / "data" / "raw").exists()


def test_what_was_crawled_into_a_workspace_is_dvcs(tmp_path, tiny):
    make_workspace(tmp_path / "mine", {})
    with storefronts(tiny.root / "demo", shops=["kickscrew"]) as bases:
        arguments = ["crawl", "kickscrew", "--base", bases["kickscrew"], "--limit", "1"]
        outcome = run_process("--workspace", tmp_path / "mine", *arguments, cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    (listing,) = read_listings(tmp_path / "mine" / "data" / "raw" / "kickscrew" / "listings.jsonl")
    assert listing.photo_files
    saved = yaml.safe_load((tmp_path / "mine" / "crawl" / "dvc.lock").read_text(encoding="utf-8"))
    assert list(saved["stages"]) == ["pull-or-crawl-kickscrew"]
