from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from demo.shops import SHOPS
from demo.shops.server import storefronts
from sneakers_ml.errors import SneakersError, UsageError
from tests.demo.shops.reading import SHOPIFY, feed, fetch, listed


class TestServing:
    def test_without_style_codes(self, paper, paper_stock):
        codes = {o.style_code.replace("-", "").lower() for shop in SHOPS for o in paper_stock[shop] if o.style_code}
        with storefronts(paper, style_codes=False) as shops:
            texts = [json.dumps(list(feed(shops[shop]))) for shop in SHOPIFY]
            for shop in SHOPS:
                _, url = list(listed(shop, shops[shop]))[5]
                texts.append(fetch(url).body.decode())
            texts.append(fetch(f"{shops['footshop']}/en/5-mens-shoes").body.decode())
        everything = "".join(texts).replace("-", "").lower()
        assert not any(code in everything for code in codes)

    def test_some_shops_only(self, paper):
        with storefronts(paper, shops=["kickscrew"]) as shops:
            assert list(shops) == ["kickscrew"]

    def test_no_such_shop(self, paper):
        with pytest.raises(UsageError, match="no shop 'nike'"), storefronts(paper, shops=["nike"]):
            pass

    def test_a_taken_port(self, paper):
        with storefronts(paper, shops=["kickscrew"]) as shops:
            port = urlsplit(shops["kickscrew"]).port
            with (
                pytest.raises(SneakersError, match="choose another port"),
                storefronts(paper, shops=["footshop"], port=port),
            ):
                pass
            assert fetch(f"{shops['kickscrew']}/robots.txt").status == 200

    def test_nobody_answers_afterwards(self, paper):
        with storefronts(paper, shops=["kickscrew"]) as shops:
            address = shops["kickscrew"]
        with pytest.raises(OSError, match="refused"):
            fetch(f"{address}/robots.txt")
