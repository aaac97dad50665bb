"""The page as people see it: the command's own server, and Chromium that can reach nothing but this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.support.chromium import Page, chromium, find_chromium
from tests.support.command import KEPT, SCRIPT

SIZES = {"desktop": (1280, 900), "phone": (390, 844), "small phone": (360, 740)}
OTHER_WINDOWS = (("desktop", True), ("phone", False), ("small phone", False), ("small phone", True))
ANSWERED = "document.querySelectorAll('.sneaker').length === 12"
COLUMNS = """(() => {
  const tops = [...document.querySelectorAll('.sneaker')].map((each) => Math.round(each.getBoundingClientRect().top));
  return tops.filter((top) => top === tops[0]).length;
})()"""
WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth - innerWidth"
PAINTED = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"


@pytest.fixture(scope="module")
def browser():
    if (path := find_chromium()) is None:
        pytest.skip("there is no Chromium or Chrome to open the page in")
    with chromium(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tiny) -> Iterator[str]:
    """Where `sneakers web` serves the tiny workspace; it ends on SIGTERM."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    command = [SCRIPT, "--workspace", str(tiny.root), "web", "--port", str(port)]
    with subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{port}" in process.stdout.readline()
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in err


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < until, "the server doesn't listen"
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def sample(tiny) -> str:
    from sneakers_ml.serving.recognizer import Recognizer

    return Recognizer.load(tiny.workspace.bundle, threads=1).samples(1)[0]


def opened(browser, address, size="desktop", *, dark=False):
    width, height = SIZES[size]
    page = Page(browser, width, height, touch=size != "desktop", dark=dark, loopback=True)
    page.open(address)
    return page


def press(page, key, also="button"):
    found = f"document.querySelector('.st-key-{key} {also}')"  # in one go: the page may be drawn anew at any moment
    page.wait_until(f"{found} !== null && ({found}.click(), true)")


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        ("desktop", False),
        ("phone", True),
        *(pytest.param(*window, marks=pytest.mark.slow) for window in OTHER_WINDOWS),
    ],
)
def test_a_shared_address_is_answered_in_whatever_window(browser, server, sample, size, dark):
    page = opened(browser, f"{server}/?sample={sample}&cutoff=0.0", size, dark=dark)
    page.wait_until(ANSWERED)
    page.wait_until(f"{COLUMNS} === {4 if size == 'desktop' else 2}")
    assert page.value(WIDER_THAN_THE_WINDOW) <= 0
    assert page.value(PAINTED) == ("rgb(22, 20, 19)" if dark else "rgb(255, 255, 255)")
    assert page.problems() == []
    assert {url for url in page.requested() if not url.startswith((f"{server}/", "blob:"))} == set()


def test_clicks_go_into_the_address_and_the_browsers_way_back_works(browser, server, sample):
    page = opened(browser, server)
    press(page, f"try-{sample}")
    page.wait_until("document.querySelectorAll('.sneaker').length > 3")
    press(page, "grid [class*=st-key-more-]")
    page.wait_until("new URLSearchParams(location.search).getAll('more').length === 1")
    press(page, "grid [class*=st-key-like-]")
    page.wait_until("document.querySelector('.st-key-liked') !== null")
    assert page.value("new URLSearchParams(location.search).has('like')")
    page.value("history.back()")
    page.wait_until("document.querySelector('.st-key-liked') === null")
    assert page.value("new URLSearchParams(location.search).get('sample')") == sample


@pytest.mark.slow
def test_words_and_filters_go_into_the_address(browser, server):
    page = opened(browser, f"{server}/?ask=Words&words=low&brand=Brisko&currency=EUR")
    page.wait_until("document.querySelectorAll('.sneaker').length > 0")
    page.wait_until("document.querySelector('.st-key-filters').innerText.includes('(2)')")
    press(page, "filters")
    press(page, "clear")
    page.wait_until("location.search === '?ask=Words&words=low'")


def test_a_bad_file_is_refused_with_its_reason_and_a_good_one_answered(browser, server, tiny, tmp_path):
    (tmp_path / "letter.txt").write_text("no photo")
    page = opened(browser, server, "phone")
    page.wait_until("document.querySelector('input[type=file]') !== null")
    page.upload("input[type=file]", [str(tmp_path / "letter.txt")])
    page.wait_until("document.body.innerText.includes('This is not a photo in a known format')")
    page.value("document.querySelector('[data-testid=stFileChipDeleteBtn] button').click()")
    page.wait_until("!document.body.innerText.includes('This is not a photo')")
    page.upload("input[type=file]", [str(tiny.queries[0].path)])
    page.wait_until("document.querySelectorAll('.sneaker').length > 0")
    page.wait_until("document.querySelector('.st-key-photo img')?.naturalWidth > 0")
    assert page.value(WIDER_THAN_THE_WINDOW) <= 0


@pytest.mark.slow
def test_links_to_shops_open_beside_the_page(browser, server, sample):
    page = opened(browser, f"{server}/?like={sample}&cutoff=0.0")
    page.wait_until(ANSWERED)
    links = page.value("[...document.querySelectorAll('.sneaker a')].map((each) => [each.target, each.rel, each.href])")
    assert links
    assert {(target, "noopener" in rel, href[:4]) for target, rel, href in links} == {("_blank", True, "http")}


@pytest.mark.parametrize(
    ("room", "words"), [("Report", "can and cannot do"), pytest.param("Map", "Map of vectors", marks=pytest.mark.slow)]
)
def test_the_report_is_there_and_asks_for_nothing(browser, server, room, words):
    page = opened(browser, f"{server}/?room={room}", "phone")
    page.wait_until(f"(document.querySelector('iframe')?.contentDocument?.body?.innerText ?? '').includes('{words}')")
    assert page.value(WIDER_THAN_THE_WINDOW) <= 0
    assert [url for url in page.requested() if not url.startswith((f"{server}/", "blob:", "about:"))] == []
