"""A listing out of what several sources state."""

from __future__ import annotations

from scrapers.extract.facts import Facts, load_listing
from scrapers.extract.prices import Money

URL = "https://shop.example/products/a"
FULL = Facts(
    source="json",
    brand=" New  Balance ",
    title="550\u00a0'White'",
    model="550",
    colour="White",
    style_code="BB550WT1",
    gender="men",
    price=Money(99.95, "EUR", 120.0),
    description="<p>Soft<br>leather</p>",
    photos=("/files/a.jpg", "//cdn.shopify.com/s/files/b_x480.jpg?v=1"),
    extra={"handle": "a", "tags": ["x"]},
)


def test_every_field_is_filled_and_tidied() -> None:
    assert dict(load_listing("shop", "1", URL, [FULL], ["b", "a", "b"])) == {
        "shop": "shop",
        "listing_id": "1",
        "url": URL,
        "brand_raw": "New Balance",
        "title_raw": "550 'White'",
        "model_raw": "550",
        "colour_raw": "White",
        "style_code": "BB550WT1",
        "gender": "men",
        "price": 99.95,
        "currency": "EUR",
        "description": "Soft\nleather",
        "photo_urls": ["https://shop.example/files/a.jpg", "https://cdn.shopify.com/s/files/b.jpg?v=1"],
        "collections": ["a", "b"],
        "extra": {"handle": "a", "old_price": 120.0, "read_from": "json", "tags": ["x"]},
    }


def test_the_first_source_that_states_a_field_gives_it() -> None:
    first = Facts("state", title="From state", photos=("/a.jpg", "/b.jpg"), extra={"sku": "1"})
    second = Facts(
        "jsonld", title="From JSON-LD", brand="Puma", price=Money(50.0, "EUR"), extra={"sku": "2", "id": "9"}
    )
    third = Facts("selectors", brand="PUMA", price=Money(70.0, "USD", 90.0), colour="Black")
    item = load_listing("shop", "1", URL, [first, second, third], [])
    assert (item["title_raw"], item["brand_raw"], item["colour_raw"]) == ("From state", "Puma", "Black")
    assert (item["price"], item["currency"]) == (50.0, "EUR")
    assert item["extra"] == {"id": "9", "read_from": "state", "sku": "1"}, "the old price was another source's"


def test_an_old_price_counts_when_its_source_agrees_on_the_price() -> None:
    facts = [Facts("jsonld", title="a", price=Money(50.0, "EUR")), Facts("selectors", price=Money(50.0, "EUR", 80.0))]
    assert load_listing("shop", "1", URL, facts, [])["extra"]["old_price"] == 80.0


def test_says_which_source_was_read() -> None:
    facts = [Facts("state", brand="Nike"), Facts("jsonld", title=""), Facts("selectors", title="Dunk")]
    assert load_listing("shop", "1", URL, facts, [])["extra"]["read_from"] == "selectors"


def test_the_fullest_gallery_is_taken_the_most_reliable_of_equals() -> None:
    single = Facts("jsonld", title="a", photos=("/files/main.jpg",))
    gallery = Facts("selectors", photos=("/files/main.jpg?width=9", "/files/sole.jpg"))
    item = load_listing("shop", "1", URL, [single, gallery], [])
    assert item["photo_urls"] == ["https://shop.example/files/main.jpg", "https://shop.example/files/sole.jpg"]
    other = Facts("selectors", photos=("/files/recommended.jpg",))
    assert load_listing("shop", "1", URL, [single, other], [])["photo_urls"] == ["https://shop.example/files/main.jpg"]


def test_takes_a_style_code_that_the_description_states() -> None:
    facts = Facts("json", title="a", description="- Puma Suede<br>- Stijlcode: 374915-01")
    assert load_listing("shop", "1", URL, [facts], [])["style_code"] == "374915-01"
    coded = Facts("json", title="a", style_code="IE2302", description="Stijlcode: XX1111")
    assert load_listing("shop", "1", URL, [coded], [])["style_code"] == "IE2302"


def test_what_no_source_states_is_not_set() -> None:
    item = load_listing("shop", "1", URL, [Facts("selectors")], [])
    assert {name for name, value in item.items() if value} == {"shop", "listing_id", "url"}


def test_a_price_without_a_currency_is_in_that_which_another_source_states() -> None:
    assumed = Facts("json", title="a", price=Money(50.0, "USD", assumed=True))
    unknown = Facts("json", title="a", price=Money(50.0, None))
    stated, other = Facts("jsonld", price=Money(49.0, "EUR")), Facts("selectors", price=Money(48.0, "GBP"))
    for first in (assumed, unknown):
        item = load_listing("shop", "1", URL, [first, stated, other], [])
        assert (item["price"], item["currency"]) == (50.0, "EUR")
    assert load_listing("shop", "1", URL, [assumed], [])["currency"] == "USD"
    assert "currency" not in load_listing("shop", "1", URL, [unknown, assumed], []), "never silently the shop's"
