"""What a visitor gets beside the pages: photos, robots.txt, and answers to what he knows already."""

from __future__ import annotations

import io
from urllib.parse import urljoin

import pytest
from PIL import Image

from demo.shops import SHOPS, build_stock
from demo.shops.server import storefronts
from tests.demo.shops.reading import STARTS, feed, fetch, listed, page


class TestPhotos:
    @pytest.mark.parametrize("shop", SHOPS)
    def test_every_address_on_a_page_is_a_picture(self, shop, shops, demo):
        """Those of the gallery too, and the suffix-less original is the better one."""
        _, url = next(iter(listed(shop, shops[shop])))
        sources = [urljoin(url, source) for source in page(url).xpath("//img/@src")]
        assert len(sources) > 2
        for source in sources:
            answer = fetch(source)
            assert answer.status == 200, source
            with Image.open(io.BytesIO(answer.body)) as image:
                assert answer.headers["Content-Type"] == Image.MIME[image.format]

    def test_originals_and_thumbnails(self, shops):
        sizes = {}
        offer = next(product for product in feed(shops["superkicks"]) if product["images"])
        source = "http:" + offer["images"][0]["src"]
        assert "_x480" not in source
        for name in ("", "_x480", "_480x480", "_small", "_160x"):
            with Image.open(io.BytesIO(fetch(source.replace(".jpg?", f"{name}.jpg?")).body)) as image:
                sizes[name] = image.size
        assert sizes == {
            "": (380, 380),
            "_x480": (480, 480),
            "_480x480": (480, 480),
            "_small": (100, 100),
            "_160x": (160, 160),
        }

    def test_some_of_kickscrews_names_do_not_fit_their_bytes(self, demo, rows):
        photos = [photo for offer in build_stock(rows)["kickscrew"] for photo in offer.photos]
        kinds = {(photo.name.rpartition(".")[2], photo.form) for photo in photos}
        assert kinds == {("jpg", "jpeg"), ("jpg", "webp"), ("png", "png")}


class TestManners:
    @pytest.mark.parametrize("shop", SHOPS)
    def test_robots(self, shop, paper_shops):
        answer = fetch(f"{paper_shops[shop]}/robots.txt")
        assert answer.headers["Content-Type"].startswith("text/plain")
        lines = answer.body.decode().splitlines()
        assert lines[0] == "User-agent: *"
        assert {"Disallow: /cart", "Disallow: /search", "Disallow: /checkout"} < set(lines)
        assert not any("delay" in line.lower() for line in lines)
        home = page(f"{paper_shops[shop]}{STARTS[shop][0]}")
        assert {"/cart", "/search?q=sneaker"} <= set(home.xpath("//a/@href"))

    def test_visits_are_remembered(self, paper):
        with storefronts(paper, shops=["footshop"]) as shops:
            fetch(f"{shops['footshop']}/cart", User_Agent="a visitor")
            fetch(f"{shops['footshop']}/none?a=1", If_None_Match='"x"')
            first, second = shops.hits["footshop"]
        assert (first.method, first.path, first.status, first.user_agent) == ("GET", "/cart", 200, "a visitor")
        assert (second.path, second.status) == ("/none?a=1", 404)
        assert (first.conditional, second.conditional, first.at <= second.at) == (False, True, True)

    @pytest.mark.parametrize("shop", SHOPS)
    def test_what_is_known_is_not_sent_again(self, shop, shops):
        url = shops[shop] + STARTS[shop][0]
        first = fetch(url)
        for asked in (
            {"If_None_Match": first.headers["ETag"]},
            {"If_None_Match": f'"other", W/{first.headers["ETag"]}'},
            {"If_Modified_Since": first.headers["Last-Modified"]},
        ):
            again = fetch(url, **asked)
            assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        for asked in (
            {"If_None_Match": '"other"'},
            {"If_Modified_Since": "Mon, 06 Jan 2020 00:00:00 GMT"},
            {"If_Modified_Since": "yesterday"},
        ):
            assert fetch(url, **asked).body == first.body

    def test_photos_too(self, shops):
        source = "http:" + next(p for p in feed(shops["superkicks"]) if p["images"])["images"][0]["src"]
        first = fetch(source)
        assert fetch(source, If_None_Match=first.headers["ETag"]).status == 304
        assert fetch(source).body == first.body
