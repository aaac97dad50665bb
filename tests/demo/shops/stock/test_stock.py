from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict
from itertools import combinations

import pytest

from demo.shops import SHOPS, build_stock
from demo.shops.stock.truth import truth_rows
from tests.support.flat_demo import manifest_rows


@pytest.fixture(scope="module")
def stock(rows):
    return build_stock(rows)


def everything(stock):
    return [offer for shop in SHOPS for offer in stock[shop]]


def pairs_of(stock):
    by_product = Counter(row["product_id"] for row in truth_rows(stock) if row["product_id"])
    return sum(count * (count - 1) // 2 for count in by_product.values())


class TestTheWhole:
    def test_the_same_arguments_give_the_same_stock(self, rows, stock):
        assert build_stock([dict(row) for row in rows]) == stock
        assert build_stock(rows, seed=8) != stock

    def test_a_larger_demo_adds_and_takes_nothing_away(self, stock):
        small = {tuple(row.values()) for row in truth_rows(build_stock(manifest_rows(4, 10, 3)))}
        assert small < {tuple(row.values()) for row in truth_rows(stock)}

    def test_listing_ids_and_addresses_are_unique_within_a_shop(self, stock):
        for shop in SHOPS:
            assert len({row[0] for offer in stock[shop] for row in offer.truth}) == sum(
                len(offer.truth) for offer in stock[shop]
            )
            assert len({offer.slug for offer in stock[shop]}) == len(stock[shop])

    def test_every_colourway_is_sold_somewhere_and_in_under_two_shops_on_average(self, rows, stock):
        shops: dict[str, set[str]] = {}
        for row in truth_rows(stock):
            shops.setdefault(row["product_id"], set()).add(row["shop"])
        adults = {row["product_id"] for row in rows}
        assert adults <= set(shops)
        assert 1.65 <= sum(len(shops[product]) for product in adults) / len(adults) <= 1.95
        assert max(len(shops[product]) for product in adults) == 4

    def test_there_are_enough_pairs_to_score_a_merge_by(self, stock):
        assert pairs_of(stock) > 300

    def test_shares(self, stock):
        for shop, low, high in (("kickscrew", 0.02, 0.08), ("superkicks", 0.02, 0.08)):
            others = sum(offer.product_id is None for offer in stock[shop])
            assert low <= others / len(stock[shop]) <= high
        offers = everything(stock)
        assert 0.03 <= sum(offer.gender == "kids" for offer in offers) / len(offers) <= 0.12
        assert 0.1 <= sum(len(offer.collections) > 1 for offer in offers) / len(offers) <= 0.4
        assert any(not offer.photos for offer in stock["kickscrew"])
        assert sum(len(offer.swatches) for offer in offers) > 4


class TestWords:
    def test_currencies_and_prices(self, stock):
        kinds = {shop: {offer.currency for offer in stock[shop]} for shop in SHOPS}
        assert kinds == {
            "sneakerbaas": {"EUR"},
            "superkicks": {"INR"},
            "highsnobiety": {"USD"},
            "kickscrew": {"USD"},
            "footshop": {"EUR"},
        }
        for offer in everything(stock):
            assert 15 <= offer.price / (100 if offer.currency == "INR" else 1) <= 300
            assert offer.old_price is None or offer.old_price > offer.price

    def test_title_styles(self, stock):
        def share(shop, pattern):
            titles = [offer.title for offer in stock[shop]]
            return sum(bool(re.search(pattern, title)) for title in titles) / len(titles)

        assert share("sneakerbaas", r'^.+ "[^"]+"$') > 0.5
        assert 0.1 < share("sneakerbaas", r'^[^"]+$') < 0.5
        assert share("superkicks", r"^[A-Z]+ \| [^{]+ \{ [^{]+$") > 0.3
        assert share("superkicks", r"^[^|{']+( WMN'S)? .*'[^']+'$") > 0.2
        assert all(offer.title == offer.title.upper() for offer in stock["superkicks"])
        assert share("highsnobiety", "^[A-Za-z]+ – [^'\"]+$") == 1
        assert share("kickscrew", r"^(\((WMNS|GS|PS)\) )?\w+ .+ ['‘].+['’]$") == 1
        assert share("kickscrew", r"^\(GS\)") > 0.02
        assert share("footshop", r"['\"/]") == 0
        assert all(offer.colour for offer in stock["footshop"])

    def test_addresses(self, stock):
        for offer in everything(stock):
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", offer.slug)
        for offer in stock["kickscrew"]:
            assert offer.style_code is None or offer.slug.endswith(f"-{offer.style_code.lower()}")

    def test_a_listing_says_the_same_colour_and_model_as_the_manifest(self, rows, stock):
        """Other words for a colour are few, and never more than one of its parts."""
        synonyms = {"midnight": "navy", "scarlet": "red", "ivory": "cream", "burgundy": "wine", "light grey": "ash"}
        known = {row["product_id"]: row for row in rows}
        renamed = 0
        for offer in everything(stock):
            if offer.product_id is None or offer.swatches:
                continue
            row = known[offer.product_id.removesuffix("-kids")]
            assert row["model"].lower() in offer.title.lower()
            said = offer.colour.lower()
            missing = [part for part in row["colour"].lower().split("/") if part not in said]
            assert all(any(new in said for new, old in synonyms.items() if old == part) for part in missing), said
            renamed += bool(missing)
        assert 0 < renamed / len(everything(stock)) < 0.06

    def test_the_brand_is_in_the_brand_field(self, rows, stock):
        known = {row["product_id"]: row["brand"] for row in rows}
        for offer in everything(stock):
            if offer.product_id:
                assert offer.brand.lower().startswith(known[offer.product_id.removesuffix("-kids")].lower())
        assert any(offer.brand == "Arvo Originals" for offer in everything(stock))


class TestStyleCodes:
    def test_where_they_stand(self, stock):
        share = {
            shop: sum(o.style_code is not None for o in stock[shop] if not o.swatches) / len(stock[shop])
            for shop in SHOPS
        }
        assert share["highsnobiety"] == 0
        assert all(0.8 < share[shop] < 1 for shop in SHOPS if shop != "highsnobiety")

    def test_one_code_is_one_product(self, stock):
        products: dict[str, set[str | None]] = {}
        for offer in everything(stock):
            if offer.style_code:
                products.setdefault(offer.style_code, set()).add(offer.product_id)
        assert all(len(ids) == 1 for ids in products.values())

    def test_without_them_none_stands_anywhere_and_the_truth_is_the_same(self, rows, stock):
        bare = build_stock(rows, style_codes=False)
        text = json.dumps([asdict(offer) for offer in everything(bare)]).upper().replace("-", "")
        codes = {offer.style_code.replace("-", "") for offer in everything(stock) if offer.style_code}
        assert len(codes) > 200
        assert not any(code in text for code in codes)
        assert list(truth_rows(bare)) == list(truth_rows(stock))


class TestColourways:
    def test_two_colourways_of_a_model_in_one_shop_read_differently(self, stock):
        for shop in SHOPS:
            for one, other in combinations(stock[shop], 2):
                if one.product_id != other.product_id and one.model == other.model and one.gender == other.gender:
                    assert (one.title, one.colour) != (other.title, other.colour)

    def test_colours_on_one_page(self, rows, stock):
        known = {row["product_id"]: row for row in rows}
        for offer in everything(stock):
            for swatch, (listing_id, product_id) in zip(offer.swatches, offer.truth, strict=False):
                assert listing_id.startswith(f"{offer.listing_id}-")
                assert swatch.product_id == product_id
                assert {photo.source.split("/")[2] for photo in swatch.photos} == {
                    known[product_id]["model"].lower().replace(" ", "-")
                }
