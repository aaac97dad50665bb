"""The page of a small workspace, opened in Chromium with the network off, as people open it."""

from __future__ import annotations

import pytest

from tests.support.chromium import Page, chromium, find_chromium

WIDTHS = {"desktop": (1280, 900, False), "phone": (360, 740, True)}
POINT = """(() => {
  document.documentElement.style.scrollBehavior = "auto";
  document.getElementById("map-svg").scrollIntoView({block: "center"});
  const box = document.querySelector("#map-svg .point").getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""
CARD_SHOWS = """new Promise((done) => {
  const started = performance.now();
  const look = () => {
    const card = document.getElementById("map-card");
    const there = !card.hidden && card.querySelector("img").naturalWidth > 0;
    there || performance.now() - started > 3000 ? done(there) : setTimeout(look, 20);
  };
  look();
})"""
BROKEN = """(async () => {
  const images = [...document.querySelectorAll("img[data-photo]")];
  const broken = await Promise.all(images.map((image) => image.decode().then(() => 0, () => 1)));
  return broken.reduce((sum, each) => sum + each, 0);
})()"""


@pytest.fixture(scope="module")
def browser():
    if (path := find_chromium()) is None:
        pytest.skip("there is no Chromium or Chrome to open the page in")
    with chromium(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(tiny):
    return (tiny.workspace.reports / "index.html").as_uri()


@pytest.fixture(scope="module", params=WIDTHS)
def page(request, browser, address):
    width, height, touch = WIDTHS[request.param]
    opened = Page(browser, width, height, touch=touch)
    opened.open(address)
    return opened


def test_it_is_as_wide_as_the_window(page):
    assert page.value("document.documentElement.scrollWidth - innerWidth") <= 0


def test_pointing_at_or_tapping_the_map_shows_the_photo(page):
    touch = page.value("matchMedia('(pointer: coarse)').matches")
    (page.tap if touch else page.point_at)(*page.value(POINT))
    assert page.value(CARD_SHOWS)
    assert "brand: " in page.value("document.getElementById('map-card').innerText")


def test_every_picture_can_be_shown(page):
    assert page.value("document.querySelectorAll('img[data-photo]').length") > 100
    page.value("document.querySelectorAll('img[data-photo]').forEach((image) => { image.loading = 'eager'; })")
    assert page.value(BROKEN) == 0


def test_a_name_in_the_legend_singles_out_its_photos(page):
    page.value("document.querySelector('#map-legend button').click()")
    faded, all_points, its_own = page.value(
        """(() => [
          document.querySelectorAll("#map-svg .faded").length,
          document.querySelectorAll("#map-svg .point").length,
          Number(document.querySelector("#map-legend button").innerText.match(/\\((\\d+)\\)/)[1]),
        ])()"""
    )
    assert 0 < faded == all_points - its_own


def test_failures_can_be_filtered(page):
    shown = page.value(
        """(() => {
          const select = document.getElementById("failure-brand");
          select.selectedIndex = 1;
          select.dispatchEvent(new Event("change"));
          const tiles = [...document.querySelectorAll("#failure-tiles > li:not([hidden])")];
          const brands = [...new Set(tiles.map((tile) => tile.dataset.brand))];
          return [select.value, brands, tiles.length, document.getElementById("failure-count").textContent];
        })()"""
    )
    brand, brands, count, said = shown
    assert brands == [brand]
    assert said == f"{count} shown"


def test_no_script_fails_and_nothing_is_asked_for(page, address):
    assert page.problems() == []
    assert page.requested() == [address]


def test_without_scripts_tables_and_texts_are_there(browser, address):
    plain = Page(browser, 360, 740)
    plain.ask("Emulation.setScriptExecutionDisabled", value=True)
    plain.open(address)
    text = plain.ask("DOM.getOuterHTML", nodeId=plain.ask("DOM.getDocument")["root"]["nodeId"])["outerHTML"]
    assert "Pictures, the map and the filters need JavaScript" in text
    assert text.count("<table") > 8
