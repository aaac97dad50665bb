"""Products of Shopify's JSON, and those that hold several colours."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from scrapers.extract.facts import Facts
from scrapers.extract.prices import Money
from scrapers.extract.products_json import Product, ShopifyListing, shopify_listings

CDN = "https://cdn.shopify.com/s/files/1"


def variant(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": "42", "option1": "42", "sku": "", "price": "99.95", "available": True, **more}


PLAIN: dict[str, Any] = {
    "id": 7123,
    "title": "Air Max TW",
    "handle": "air-max-tw-black",
    "body_html": "<p>Stijlcode: DQ0296-001</p>",
    "published_at": "2025-11-03T10:00:00+01:00",
    "vendor": "Nike",
    "product_type": "Sneakers",
    "tags": ["category-men", "Sale"],
    "variants": [
        variant(1, sku="DQ0296-001-42", compare_at_price="129.95"),
        variant(2, title="43", option1="43", sku="DQ0296-001-43", compare_at_price="129.95", available=False),
    ],
    "images": [{"src": f"{CDN}/left.jpg?v=1"}, {"src": f"{CDN}/right.jpg?v=1"}, {"src": f"{CDN}/sole.jpg?v=1"}],
    "options": [{"name": "Size", "position": 1, "values": ["42", "43"]}],
}


def listings(product: dict[str, Any], source: Literal["json", "state"] = "json") -> list[ShopifyListing]:
    return shopify_listings(Product.model_validate(product), "EUR", source)


def test_reads_every_field() -> None:
    assert listings(PLAIN) == [
        ShopifyListing(
            "",
            None,
            Facts(
                source="json",
                brand="Nike",
                title="Air Max TW",
                style_code="DQ0296-001",
                price=Money(99.95, "EUR", 129.95),
                description="<p>Stijlcode: DQ0296-001</p>",
                photos=(f"{CDN}/left.jpg?v=1", f"{CDN}/right.jpg?v=1", f"{CDN}/sole.jpg?v=1"),
                extra={
                    "handle": "air-max-tw-black",
                    "vendor": "Nike",
                    "product_type": "Sneakers",
                    "published_at": "2025-11-03T10:00:00+01:00",
                    "tags": ["category-men", "Sale"],
                    "variants": [
                        {"title": "42", "sku": "DQ0296-001-42", "available": True},
                        {"title": "43", "sku": "DQ0296-001-43", "available": False},
                    ],
                },
            ),
        )
    ]


def only(product: dict[str, Any], **more: Any) -> Facts:
    [listing] = listings({**product, **more})
    return listing.facts


def test_the_lowest_price_that_can_be_paid_counts() -> None:
    sizes = [variant(1, price="150.00"), variant(2, price="120.00"), variant(3, price="90.00", available=False)]
    assert only(PLAIN, variants=sizes).price == Money(120.0, "EUR")
    gone = [{**size, "available": False} for size in sizes]
    assert only(PLAIN, variants=gone).price == Money(90.0, "EUR"), "sold out, it still has one"


@pytest.mark.parametrize(
    ("price", "old", "money"),
    [
        ("99.95", None, Money(99.95, "EUR")),
        ("99.95", "99.95", Money(99.95, "EUR")),
        ("99.95", "0.00", Money(99.95, "EUR")),
        ("99.95", "", Money(99.95, "EUR")),
        (99.95, 120, Money(99.95, "EUR", 120.0)),
        ("0.00", None, None),
        (None, None, None),
        ([], {}, None),
    ],
)
def test_prices_in_each_form(price: Any, old: Any, money: Money | None) -> None:
    assert only(PLAIN, variants=[variant(1, price=price, compare_at_price=old)]).price == money


def test_the_full_stop_of_json_is_the_decimal_point_in_every_currency() -> None:
    [listing] = shopify_listings(Product.model_validate({**PLAIN, "variants": [variant(1, price="89.950")]}), "KWD")
    assert listing.facts.price == Money(89.95, "KWD")
    assert only(PLAIN, variants=[variant(1, price="89.950", compare_at_price="120.000")]).price == Money(
        89.95, "EUR", 120.0
    )


def test_the_currency_that_the_answer_states_goes_before_the_shops_own() -> None:
    product = Product.model_validate(PLAIN)
    prices = [shopify_listings(product, "EUR", stated=stated)[0].facts.price for stated in ("GBP", None)]
    assert prices == [Money(99.95, "GBP", 129.95), Money(99.95, "EUR", 129.95)]
    assert [price and price.assumed for price in prices] == [False, True]


def test_a_themes_prices_are_cents() -> None:
    [listing] = listings({**PLAIN, "variants": [variant(1, price=9995)]}, "state")
    assert listing.facts.source == "state"
    assert listing.facts.price == Money(99.95, "EUR")


def test_tags_may_be_one_text() -> None:
    assert only(PLAIN, tags="category-men, Sale").extra["tags"] == ["category-men", "Sale"]


def test_photos_may_be_addresses_alone_and_size_charts_are_none() -> None:
    assert only(PLAIN, images=["//cdn.shopify.com/a.jpg"]).photos == ("//cdn.shopify.com/a.jpg",)
    chart = {"src": f"{CDN}/x.jpg", "alt": "Size chart"}
    assert only(PLAIN, images=[{"src": f"{CDN}/a.jpg", "alt": "Sole"}, chart, {}, None, 3]).photos == (f"{CDN}/a.jpg",)


@pytest.mark.parametrize("name", ["Color", "Colour", "Kleur", "colorway", "Farbe", "Farbe / Color"])
def test_one_colour_is_a_field_and_no_choice(name: str) -> None:
    options = [{"name": name, "position": 1, "values": ["Black/White"]}]
    facts = only(
        PLAIN, options=options, variants=[variant(1, option1="Black/White"), variant(2, option1="Black/White")]
    )
    assert facts.colour == "Black/White"


def test_a_default_option_is_no_colour() -> None:
    options = [{"name": "Color", "values": ["Default Title"]}]
    assert only(PLAIN, options=options, variants=[variant(1, option1="Default Title")]).colour is None


RED = [variant(number, option1=str(40 + number), option2="Red/White") for number in (1, 2)]
BLUE = [variant(number, option1=str(40 + number), option2="Blue") for number in (3, 4)]
SPLIT: dict[str, Any] = {
    **PLAIN,
    "body_html": "",
    "variants": [
        *({**one, "sku": f"DQ0296-600-{one['option1']}", "price": "79.95"} for one in RED),
        *({**one, "sku": f"DQ0296-400-{one['option1']}"} for one in BLUE),
    ],
    "options": [{"name": "Size", "position": 1}, {"name": "Color", "position": 2, "values": ["Red/White", "Blue"]}],
    "images": [
        {"src": f"{CDN}/red-left.jpg", "variant_ids": [1, 2]},
        {"src": f"{CDN}/blue-left.jpg", "variant_ids": [3, 4]},
        {"src": f"{CDN}/red-sole.jpg", "variant_ids": [1]},
        {"src": f"{CDN}/box.jpg", "variant_ids": []},
    ],
}  # fmt: skip


def test_several_colours_are_several_listings_with_their_own_photos() -> None:
    red, blue = listings(SPLIT)
    assert (red.suffix, red.variant, blue.suffix, blue.variant) == ("-red-white", "1", "-blue", "3")
    assert (red.facts.colour, blue.facts.colour) == ("Red/White", "Blue")
    assert (red.facts.style_code, blue.facts.style_code) == ("DQ0296-600", "DQ0296-400")
    assert (red.facts.price, blue.facts.price) == (Money(79.95, "EUR"), Money(99.95, "EUR"))
    assert red.facts.photos == (f"{CDN}/red-left.jpg", f"{CDN}/red-sole.jpg")
    assert blue.facts.photos == (f"{CDN}/blue-left.jpg",)
    assert [one["title"] for one in red.facts.extra["variants"]] == ["42", "42"]  # type: ignore[union-attr, index, call-overload]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Farbe / Color", 2),
        ("Couleur/Colour", 2),
        ("Kleur | Color", 2),
        ("COLOR (FARBE)", 2),
        ("Цвет", 2),
        ("Colore - Colour", 2),
        ("色", 2),
        ("カラー / Color", 2),
        ("Färg", 2),
        ("Kolor", 2),
        ("Select Color", 2),
        ("colour_name", 2),
        ("Farbe / Größe", 1),  # of a colour and a size together
        ("Lace colour", 1),
        ("Style", 1),
        ("Größe / Size", 1),
        ("", 1),
    ],
)
def test_an_option_of_colours_goes_by_many_names(name: str, count: int) -> None:
    assert len(listings({**SPLIT, "options": [{"name": "Size"}, {"name": name}]})) == count


def test_photos_tied_by_the_variants_main_photo() -> None:
    images = [{"src": f"{CDN}/red.jpg"}, {"src": f"{CDN}/blue.jpg"}]
    variants = [{**one, "featured_image": images[int(one["option2"] == "Blue")]} for one in SPLIT["variants"]]
    red, blue = listings({**SPLIT, "images": images, "variants": variants})
    assert (red.facts.photos, blue.facts.photos) == ((f"{CDN}/red.jpg",), (f"{CDN}/blue.jpg",))


def test_a_themes_gallery_names_no_scheme_where_its_variants_do() -> None:
    images = ["//cdn.shopify.com/s/files/red.jpg?v=1", "//cdn.shopify.com/s/files/blue.jpg?v=1"]
    variants = [
        {**one, "featured_image": {"src": f"https:{images[int(one['option2'] == 'Blue')]}"}}
        for one in SPLIT["variants"]
    ]
    red, blue = listings({**SPLIT, "images": images, "variants": variants}, "state")
    assert (red.facts.photos, blue.facts.photos) == ((images[0],), (images[1],))


def test_all_photos_where_the_shop_ties_none() -> None:
    images = [{"src": f"{CDN}/one.jpg"}, {"src": f"{CDN}/two.jpg", "variant_ids": []}]
    for listing in listings({**SPLIT, "images": images}):
        assert listing.facts.photos == (f"{CDN}/one.jpg", f"{CDN}/two.jpg")


def test_a_colour_without_photos_of_its_own_takes_none_of_another() -> None:
    images = [SPLIT["images"][0], SPLIT["images"][3]]
    _, blue = listings({**SPLIT, "images": images})
    assert blue.facts.photos == (f"{CDN}/box.jpg",)
    _, blue = listings({**SPLIT, "images": images[:1]})
    assert blue.facts.photos == ()


def test_spellings_of_one_colour_are_one() -> None:
    variants = [variant(1, option1="Black / White"), variant(2, option1="black/white")]
    found = listings({**PLAIN, "variants": variants, "options": ["Color"]})
    assert [(one.suffix, one.facts.colour) for one in found] == [("", "Black / White")]


@pytest.mark.parametrize("wrong", [None, 3, "x", [], {}, [None], [3], [[]], True])
def test_fields_of_a_wrong_kind_raise_nothing(wrong: Any) -> None:
    for name in PLAIN:
        assert len(listings({**PLAIN, name: wrong})) == 1
        assert listings({**SPLIT, name: wrong})
    assert len(listings(dict.fromkeys(PLAIN, wrong))) == 1
