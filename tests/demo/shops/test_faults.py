from __future__ import annotations

import json
import time

import pytest
from lxml import html

from demo.shops import Faults, build_stock
from demo.shops.faults import break_markup
from demo.shops.server import storefronts
from tests.demo.shops.reading import STARTS, fetch, listed

SHOP = "kickscrew"


@pytest.fixture
def shop(paper):
    """Opens kickscrew, or another, with the faults given; its address, and the hits as an attribute of the mapping."""
    opened = []

    def open_shop(name=SHOP, folder=paper, **faults):
        opened.append(storefronts(folder, shops=[name], faults={name: Faults(**faults)}))
        return opened[-1].__enter__()

    yield open_shop
    for front in opened:
        front.__exit__(None, None, None)


def statuses(url, count):
    return [fetch(url).status for _ in range(count)]


class TestFailing:
    def test_every_third_page(self, shop):
        base = shop(status_every=3)[SHOP]
        assert statuses(f"{base}/products.json?limit=1", 7) == [200, 200, 500, 200, 200, 500, 200]

    def test_always_with_another_status_and_robots_txt_never(self, shop):
        base = shop(status_every=1, status=503)[SHOP]
        assert statuses(f"{base}/products.json", 3) == [503, 503, 503]
        assert fetch(f"{base}/robots.txt").status == 200

    def test_after_a_while(self, shop):
        base = shop(fail_after=2)[SHOP]
        assert statuses(f"{base}/products.json?limit=1", 5) == [200, 200, 500, 500, 500]

    def test_photos_fail_only_where_asked(self, shop, demo):
        good, bad = (shop(folder=demo.folder, status_every=1, fail_photos=fail)[SHOP] for fail in (False, True))
        name = next(p.name for offer in build_stock(demo.rows)[SHOP] for p in offer.photos)
        assert fetch(f"{good}/cdn/shop/files/{name}").status == 200
        assert fetch(f"{bad}/cdn/shop/files/{name}").status == 500

    def test_too_many_requests(self, shop):
        base = shop(rate_limit=2, retry_after=0.4)[SHOP]
        url = f"{base}/products.json?limit=1"
        assert statuses(url, 4) == [200, 200, 429, 429]
        assert fetch(url).headers["Retry-After"] == "1"
        time.sleep(0.5)
        assert statuses(url, 3) == [200, 200, 429]

    def test_other_shops_are_well(self, paper):
        with storefronts(paper, shops=[SHOP, "footshop"], faults={SHOP: Faults(status_every=1)}) as shops:
            assert fetch(f"{shops[SHOP]}/products.json").status == 500
            assert fetch(f"{shops['footshop']}/en/5-mens-shoes").status == 200


class TestSlowness:
    def test_slow(self, shop):
        base = shop(slow=0.3)[SHOP]
        began = time.monotonic()
        assert fetch(f"{base}/products.json?limit=1").status == 200
        assert time.monotonic() - began >= 0.3

    def test_drip(self, shop):
        plain, dripping = shop()[SHOP], shop(drip=0.02)[SHOP]
        began = time.monotonic()
        body = fetch(f"{dripping}/products.json?limit=10").body
        assert time.monotonic() - began >= 0.02 * (len(body) // 1024)
        assert len(body) == len(fetch(f"{plain}/products.json?limit=10").body) > 5000


class TestContent:
    @pytest.mark.parametrize("name", ["sneakerbaas", "superkicks", "highsnobiety", "kickscrew", "footshop"])
    def test_broken_markup_hides_prices_and_photos_and_keeps_titles(self, shop, paper_stock, name):
        base = shop(name, broken_markup=True)[name]
        _, url = next(iter(listed(name, base)))
        body = fetch(url).body.decode()
        text = html.fromstring(body).text_content()
        assert any(offer.title in text for offer in paper_stock[name])
        for old in (
            '"price"',
            '"images"',
            '"offers"',
            "priceValue",
            "price-item--regular",
            "productGallery",
            "pdp_image",
        ):
            assert old not in body

    def test_break_markup_is_silent(self):
        before = b'{"title": "A", "price": "5", "images": [1]}'
        assert json.loads(break_markup(before)) == {"title": "A", "amountNow": "5", "media": [1]}

    def test_cut_json(self, shop):
        base = shop(cut_json=True)[SHOP]
        with pytest.raises(json.JSONDecodeError):
            json.loads(fetch(f"{base}/products.json").body)
        _, url = next(iter(listed(SHOP, base)))
        (script,) = html.fromstring(fetch(url).body.decode()).xpath("//script[@type='application/ld+json']/text()")
        with pytest.raises(json.JSONDecodeError):
            json.loads(script)

    @pytest.mark.parametrize("name", ["highsnobiety", "footshop"])
    def test_cut_json_in_other_shops_pages(self, shop, name):
        base = shop(name, cut_json=True)[name]
        _, url = next(iter(listed(name, base)))
        tree = html.fromstring(fetch(url).body.decode())
        scripts = tree.xpath("//script[@id='__NEXT_DATA__' or @data-hypernova-key]/text()")
        with pytest.raises(json.JSONDecodeError):
            json.loads(scripts[0].removeprefix("<!--"))

    def test_empty_pages(self, shop):
        base = shop(empty_pages=True)[SHOP]
        assert json.loads(fetch(f"{base}/products.json").body) == {"products": []}
        assert list(listed(SHOP, base)) == []


class TestPaging:
    def test_endless(self, shop):
        base = shop(endless_paging=True)[SHOP]

        def ids(number):
            return [p["id"] for p in json.loads(fetch(f"{base}/products.json?limit=50&page={number}").body)["products"]]

        assert ids(1) != ids(2)
        assert ids(40) == ids(41) != []

    def test_endless_in_html(self, shop):
        base = shop("footshop", endless_paging=True)["footshop"]
        tree = html.fromstring(fetch(f"{base}/en/5-mens-shoes/page-70").body.decode())
        assert tree.xpath("//a[@rel='next']/@href") == ["/en/5-mens-shoes/page-71"]
        assert tree.xpath("//div[@itemprop='itemListElement']")

    @pytest.mark.parametrize("name", ["kickscrew", "footshop", "highsnobiety"])
    def test_invented_listings_have_pages(self, shop, name):
        base = shop(name, invented_pages=True)[name]
        seen: set[str] = set()
        for _, url in listed(name, base):
            assert url not in seen
            seen.add(url)
            if len(seen) > 200:
                break
        assert len(seen) > 200
        assert fetch(url).status == 200


class TestDanger:
    @pytest.mark.parametrize("name", ["kickscrew", "footshop"])
    def test_two_gigabytes(self, shop, paper_stock, name):
        shops = shop(name, huge_body=True)
        path = {
            "kickscrew": f"/products/{paper_stock[name][0].slug}",
            "footshop": f"/en/mens-shoes/{paper_stock[name][0].listing_id}-x.html",
        }[name]
        answer = fetch(shops[name] + path, most=30 * 1024**2)
        assert (answer.status, answer.headers["Content-Length"], len(answer.body)) == (200, None, 30 * 1024**2)
        folder = {"kickscrew": "/cdn/shop/files/", "footshop": "/images/100/"}[name]
        photo = next(photo.name for offer in paper_stock[name][1:] for photo in offer.photos)
        assert len(fetch(f"{shops[name]}{folder}{photo}", most=30 * 1024**2).body) == 30 * 1024**2
        assert fetch(shops[name] + STARTS[name][0]).status == 200

    def test_the_feeds_second_page(self, shop):
        base = shop(huge_feed=True)[SHOP]
        assert json.loads(fetch(f"{base}/products.json").body)["products"]
        assert len(fetch(f"{base}/products.json?page=2", most=5 * 1024**2).body) == 5 * 1024**2

    def test_redirect(self, shop, paper_stock):
        base = shop(redirect_to="http://192.0.2.1/elsewhere")[SHOP]
        moved = fetch(f"{base}/products/{paper_stock[SHOP][0].slug}")
        assert (moved.status, moved.headers["Location"]) == (302, "http://192.0.2.1/elsewhere")
        photo = next(photo.name for offer in paper_stock[SHOP][1:] for photo in offer.photos)
        assert fetch(f"{base}/cdn/shop/files/{photo}").status == 302
        assert fetch(f"{base}/products/{paper_stock[SHOP][1].slug}").status == 200

    @pytest.mark.parametrize("name", ["kickscrew", "footshop", "highsnobiety"])
    def test_photos_inside_other_networks(self, shop, paper_stock, name):
        base = shop(name, internal_photo=True)[name]
        bodies = [fetch(url).body.decode() for _, url in list(listed(name, base))]
        port = base.rpartition(":")[2]
        strange = [
            "http://169.254.169.254/latest/meta-data/photo.jpg",
            "http://127.0.0.1:1/photo.jpg",
            f"http://localhost:{port}/internal/photo.jpg",
            f"{base}/moved/photo.jpg",
        ]
        for address in strange:
            assert sum(address in body for body in bodies) == 1
        moved = fetch(f"{base}/moved/photo.jpg")
        assert (moved.status, moved.headers["Location"]) == (302, strange[2])
