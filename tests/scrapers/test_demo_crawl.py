"""The five spiders on the demo's five shops: to the last listing, through kills, and past shops that misbehave."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from demo import render_demo
from demo.shops import SHOPS, Faults
from demo.shops.server import storefronts
from tests.scrapers.engine.running import HURRIED, contents, crawl, listings
from tests.support.command import KEPT, SCRIPT, run_process
from tests.support.tiny import PARAMS

PATIENT = HURRIED | {"checks": {"failed_pages": 0.3, "failed_photos": 0.3}}
ALIASES = {shop: f"https://{shop}.example" for shop in SHOPS}


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    """A workspace with a small demo."""
    root = tmp_path_factory.mktemp("shops")
    render_demo(root / "data" / "demo", brands=2, models=3, colourways=2, queries=0, workers=1)
    (root / "params.yaml").write_text(PARAMS, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def crawled(demo):
    """What `sneakers crawl --demo` said; its result stays as it is."""
    outcome = run_process("--workspace", demo, "crawl", "--demo", cwd=demo)
    assert outcome.code == 0, outcome.err
    return outcome


def truth(demo: Path) -> dict[str, set[str]]:
    """The ids of all listings by shop."""
    found: dict[str, set[str]] = {}
    with (demo / "data" / "demo" / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["shop"], set()).add(row["listing_id"])
    return found


def test_every_listing_of_every_shop_is_there_once(demo, crawled):
    assert {shop: set(listings(demo, shop)) for shop in SHOPS} == truth(demo)
    for shop in SHOPS:
        for listing in listings(demo, shop).values():
            assert listing.photo_files, listing
            assert all((demo / "data" / "raw" / shop / file).is_file() for file in listing.photo_files)


def test_a_second_crawl_in_two_processes_gives_the_same_bytes_and_fetches_no_photo_again(demo, crawled):
    before = contents(demo / "data" / "raw")
    again = run_process("--workspace", demo, "crawl", "--demo", "--processes", 2, "--json", cwd=demo)
    assert again.code == 0, again.err
    assert json.loads(again.out) == json.loads((demo / "reports" / "crawl.json").read_text(encoding="utf-8"))
    assert [shop["shop"] for shop in json.loads(again.out)["shops"]] == list(SHOPS)
    logs = [path.parent.name for path in demo.glob("data/crawl/*/crawl.log")]
    assert len(logs) == 2, "each process has its own"
    assert contents(demo / "data" / "raw") == before
    for shop in SHOPS:
        assert '"photos_fetched": 0,' in (demo / "reports" / "crawl" / f"{shop}.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_killed_five_times_and_resumed_it_gives_the_same_bytes(demo, crawled, tmp_path):
    shutil.copytree(demo / "data" / "demo", tmp_path / "data" / "demo")
    shutil.copy(demo / "params.yaml", tmp_path)
    chance, lines = random.Random(5), 0
    most = sum(1 + len(row.photo_files) for shop in SHOPS for row in listings(demo, shop).values()) // 7
    for kill in range(5):
        lines += chance.randint(2, most)
        command = [SCRIPT, "--workspace", tmp_path, "crawl", "--demo", *(["--resume"] if kill else [])]
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while _lines(tmp_path) < lines and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        lines = _lines(tmp_path)
    outcome = run_process("--workspace", tmp_path, "crawl", "--demo", "--resume", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert contents(tmp_path / "data" / "raw") == contents(demo / "data" / "raw")


def _lines(workspace: Path) -> int:
    """Lines of all journals."""
    return sum(path.read_bytes().count(b"\n") for path in workspace.glob("data/crawl/*/journal.jsonl"))


MISBEHAVIOUR = [
    {
        "sneakerbaas": (Faults(status_every=1), "stopped"),
        "superkicks": (Faults(rate_limit=9, retry_after=1), "published"),
        "highsnobiety": (Faults(huge_body=True), "published"),
        "kickscrew": (Faults(broken_markup=True), "failed"),
        "footshop": (Faults(redirect_to="http://127.0.0.2:9/"), "published"),
    },
    {
        "sneakerbaas": (Faults(internal_photo=True), "published"),
        "superkicks": (Faults(endless_paging=True), "published"),
        "highsnobiety": (Faults(drip=5), "failed"),
        "kickscrew": (Faults(cut_json=True), "published"),
        "footshop": (Faults(fail_after=6), "stopped"),
    },
]


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOUR)
def test_shops_that_misbehave_lose_nobodys_data(demo, crawled, tmp_path, misbehaviour):
    shutil.copytree(demo / "data" / "raw", tmp_path / "data" / "raw")
    faults = {shop: fault for shop, (fault, _) in misbehaviour.items()}
    with storefronts(demo / "data" / "demo", faults=faults) as bases:
        outcome = crawl(tmp_path, bases, real=True, aliases=ALIASES, params=PATIENT)
    verdicts = {shop: report["verdict"] for shop, report in outcome.reports.items()}
    assert verdicts == {shop: verdict for shop, (_, verdict) in misbehaviour.items()}, outcome.reports
    assert outcome.code == 1
    for shop, verdict in verdicts.items():
        assert set(listings(tmp_path, shop)) == truth(demo)[shop]
        if verdict != "published":
            assert outcome.reports[shop]["problems"]
            assert contents(tmp_path / "data" / "raw" / shop) == contents(demo / "data" / "raw" / shop)
