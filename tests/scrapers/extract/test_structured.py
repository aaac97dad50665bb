"""schema.org data of product pages, as JSON-LD and as microdata."""

from __future__ import annotations

import json
import subprocess
import sys
from time import process_time
from typing import Any

import pytest
from scrapy.http import TextResponse

from scrapers.extract.facts import Facts
from scrapers.extract.prices import Money
from scrapers.extract.structured import jsonld_facts, microdata_facts
from sneakers_ml.workspace.paths import PROJECT_ROOT
from tests.scrapers.browsing import html

URL = "https://shop.example/products/air-max-1"
PRODUCT: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "Product",
    "name": "Air Max 1 'Royal'",
    "url": URL,
    "brand": {"@type": "Brand", "name": "Nike"},
    "image": ["//cdn.shopify.com/s/files/1/a.jpg", {"@type": "ImageObject", "url": "/files/b.jpg"}],
    "description": "One.\nTwo.",
    "mpn": "DZ4549-102",
    "color": "White/Royal",
    "sku": "40011223",
    "offers": {"@type": "Offer", "price": "149.95", "priceCurrency": "EUR"},
}


def page(*scripts: str) -> TextResponse:
    body = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return html(f"<html><head>{body}</head><body><h1>x</h1></body></html>", URL)


def of(*products: dict[str, Any]) -> Facts:
    facts = jsonld_facts(page(*map(json.dumps, products)), "EUR")
    assert facts is not None
    return facts


def test_reads_every_field_of_a_product() -> None:
    assert of(PRODUCT) == Facts(
        source="jsonld",
        brand="Nike",
        title="Air Max 1 'Royal'",
        colour="White/Royal",
        style_code="DZ4549-102",
        price=Money(149.95, "EUR"),
        description="One.\nTwo.",
        photos=("//cdn.shopify.com/s/files/1/a.jpg", "/files/b.jpg"),
        extra={"sku": "40011223"},
    )


@pytest.mark.parametrize(
    ("offers", "price"),
    [
        ({"price": 120, "priceCurrency": "USD"}, Money(120.0, "USD")),
        ({"price": "14,999.00", "priceCurrency": "INR"}, Money(14999.0, "INR")),
        ([{"price": ""}, {"price": "99.95", "priceCurrency": "EUR"}], Money(99.95, "EUR")),
        ({"@type": "AggregateOffer", "lowPrice": "88", "highPrice": "140", "priceCurrency": "USD"}, Money(88.0, "USD")),
        ({"@type": "AggregateOffer", "offers": [{"price": "88", "priceCurrency": "USD"}]}, Money(88.0, "USD")),
        ({"priceSpecification": {"price": 75, "priceCurrency": "GBP"}}, Money(75.0, "GBP")),
        ({"price": "75"}, Money(75.0, "EUR")),
        ({"price": "0"}, None),
        ([], None),
        ("75", None),
        (None, None),
    ],
)
def test_reads_the_price_of_each_kind_of_offer(offers: Any, price: Money | None) -> None:
    assert of({**PRODUCT, "offers": offers}).price == price


IN, OUT = {"availability": "https://schema.org/InStock"}, {"availability": "OutOfStock"}


@pytest.mark.parametrize(
    ("offers", "price"),
    [
        ({"price": "89.950", "priceCurrency": "KWD"}, Money(89.95, "KWD")),
        ({"price": "89.950"}, Money(89.95, "EUR")),
        ({"price": "89,95"}, Money(89.95, "EUR")),
        ({"price": "1.299,00"}, Money(1299.0, "EUR")),
        ({"price": {"@value": "89.95"}, "priceCurrency": {"@value": "USD"}}, Money(89.95, "USD")),
        ({"minPrice": "90.00", "maxPrice": "120.00"}, Money(90.0, "EUR")),
        ({"priceSpecification": {"minPrice": 90, "maxPrice": 120, "priceCurrency": "USD"}}, Money(90.0, "USD")),
        (
            {
                "priceSpecification": [
                    {"price": 150, "priceType": "https://schema.org/ListPrice"},
                    {"price": 110, "priceCurrency": "USD"},
                ]
            },
            Money(110.0, "USD", 150.0),
        ),
        (
            {"price": 120, "priceSpecification": {"price": 30, "priceComponentType": "https://schema.org/Installment"}},
            Money(120.0, "EUR"),
        ),
        ({"price": 120, "priceSpecification": {"price": 99, "validForMemberTier": {}}}, Money(120.0, "EUR")),
        (
            {"price": 120, "priceSpecification": {"@type": "DeliveryChargeSpecification", "price": 5}},
            Money(120.0, "EUR"),
        ),
        ({"price": 119, "priceSpecification": {"price": 100, "valueAddedTaxIncluded": False}}, Money(119.0, "EUR")),
        ({"price": 119, "priceSpecification": {"price": 100, "valueAddedTaxIncluded": "false"}}, Money(119.0, "EUR")),
        ({"priceSpecification": {"price": 100, "valueAddedTaxIncluded": False}}, Money(100.0, "EUR")),
        (
            {"price": 119, "priceSpecification": [{"price": 100, "eligibleQuantity": {"minValue": "10"}}]},
            Money(119.0, "EUR"),
        ),
        (
            {"priceSpecification": [{"price": 119}, {"price": 100, "eligibleQuantity": {"minValue": 2}}]},
            Money(119.0, "EUR"),
        ),
        (
            {"price": 119, "priceSpecification": {"price": 119, "eligibleQuantity": {"minValue": 1}}},
            Money(119.0, "EUR"),
        ),
        ([{"price": 100, "eligibleQuantity": {"minValue": 6}}, {"price": 119}], Money(119.0, "EUR")),
        ([{"price": 90, **OUT}, {"price": 120, **IN}, {"price": 110, **IN}], Money(110.0, "EUR")),
        ([{"price": 90, **OUT}, {"price": 120}], Money(120.0, "EUR")),
        ([{"price": 120, "availability": "sold out"}, {"price": 110, **OUT}], Money(110.0, "EUR")),
        (
            [{"price": 90, "availability": {"@id": "http://schema.org/Discontinued"}}, {"price": 120}],
            Money(120.0, "EUR"),
        ),
        (
            {"@type": "AggregateOffer", "lowPrice": 80, "offers": [{"price": 80, **OUT}, {"price": 100, **IN}]},
            Money(100.0, "EUR"),
        ),
        ({"offers": {"offers": [{"offers": {"price": 75}}]}}, Money(75.0, "EUR")),
        ([{"price": 1_500_000, "priceCurrency": "IDR"}, {"price": 110, "priceCurrency": "EUR"}], Money(110.0, "EUR")),
        ({"price": "1 299 kr"}, Money(1299.0, None)),
        ({"price": 1299, "priceCurrency": "R$"}, Money(1299.0, "BRL")),
    ],
)
def test_takes_the_lowest_price_that_everybody_can_pay_at_once(offers: Any, price: Money | None) -> None:
    assert of({**PRODUCT, "offers": offers}).price == price


def test_the_page_states_the_currency_where_the_offer_does_not() -> None:
    offer = json.dumps({**PRODUCT, "offers": {"price": "110"}})
    script = f'<script type="application/ld+json">{offer}</script>'
    facts = jsonld_facts(html(f'<meta property="og:price:currency" content="USD">{script}', URL), "EUR")
    assert facts is not None
    assert facts.price is not None
    assert (facts.price.currency, facts.price.assumed) == ("USD", False)
    alone = jsonld_facts(html(script, URL), "EUR")
    assert alone is not None
    assert alone.price is not None
    assert (alone.price.currency, alone.price.assumed) == ("EUR", True)


def test_the_product_states_the_currency_where_the_offer_does_not() -> None:
    product = {**PRODUCT, "priceCurrency": "PLN"}
    assert of({**product, "offers": {"price": "449.99"}}).price == Money(449.99, "PLN")
    assert of({**product, "offers": {"price": "449.99", "priceCurrency": "USD"}}).price == Money(449.99, "USD")
    variant = {"color": "White", "priceCurrency": "PLN", "offers": {"price": 449}}
    assert of({"@type": "ProductGroup", "name": "A", "hasVariant": [variant]}).price == Money(449.0, "PLN")


WILD = json.dumps({**PRODUCT, "@context": "https://schema.org", "name": "Court Low 'Panda'"})


@pytest.mark.parametrize(
    "script",
    [
        f"<!-- {WILD} -->",
        f"\ufeff{WILD}",
        f"// <![CDATA[\n{WILD}\n// ]]>",
        f"//<![CDATA[{WILD}//]]>",
        f"/*<![CDATA[*/{WILD}/*]]>*/",
        f"<![CDATA[{WILD}]]>",
        f"<!--//--><![CDATA[//><!--\n{WILD}\n//--><!]]>",
        f"{WILD}{WILD}",
        f"{WILD},\n{WILD}",
        f"{WILD};",
        f"window.product = {WILD};",
        f"{WILD[:-1]},}}",
        f"[[{WILD}, ], []]",
        f"/* the product */ {WILD} // made by a plugin",
        f'{{"@context": broken, "name": "x"}}\n{WILD}',
        f'{WILD}\n{{"@context": "cut',
        f'{{"@context": "https://schema.org", "@type": "WebSite", "x": "a"b"}}\n{WILD}',
        f'{{"@type": "X", "x":}}\n{WILD}',
        f'{{"@type": "X", "x": "a"b", "y": {{"@type": "Y"}}}}{{ "@id": "#1", "x": \'}}\n{WILD}',
        f'{{"@graph": [{{"@type": "WebSite", "x": "a"b"}}, {WILD}]}}',
        f'{{"@graph": [[{WILD}]]}}',
        WILD.replace("Court Low", "Court\n\tLow"),
        WILD.replace("'", r"\\'").replace(r"\\'", r"\'"),
        WILD.replace("'", "&#39;"),
        WILD.replace('"', "&quot;"),
        WILD.replace('"@type": "Product"', '"@type": ["Thing", "http://schema.org/Product/"]'),
        WILD.replace('"@type": "Product"', '"type": "schema:Product"'),
    ],
)
def test_reads_json_ld_as_shops_leave_it(script: str) -> None:
    facts = jsonld_facts(page(script), "USD")
    assert facts is not None
    assert (facts.title, facts.brand, facts.price) == ("Court Low 'Panda'", "Nike", Money(149.95, "EUR"))


@pytest.mark.parametrize(
    "kind",
    [
        "application/ld+json; charset=utf-8",
        "application/ld+json;charset=UTF-8",
        "Application/LD+JSON",
        " application/ld+json ",
    ],
)
def test_reads_scripts_whose_type_is_written_otherwise(kind: str) -> None:
    facts = jsonld_facts(html(f'<script type="{kind}">{WILD}</script>', URL), "USD")
    assert facts is not None
    assert facts.price == Money(149.95, "EUR")


def test_follows_references_within_a_graph() -> None:
    graph = [
        {"@type": "Product", "name": "Air Max 1", "brand": {"@id": "#nike"}, "offers": [{"@id": "#offer"}]},
        {"@id": "#nike", "@type": "Brand", "name": "Nike"},
        {"@id": "#offer", "@type": "Offer", "price": "110.00", "priceCurrency": "USD"},
    ]
    facts = of({"@graph": graph})
    assert (facts.brand, facts.price) == ("Nike", Money(110.0, "USD"))


def test_a_group_costs_what_its_cheapest_variant_of_that_colour_costs() -> None:
    offers = [("White", 120, IN), ("White", 110, IN), ("White", 100, OUT), ("Black", 90, IN)]
    variants = [{"color": colour, "offers": {"price": price, **more}} for colour, price, more in offers]
    assert of({"@type": "ProductGroup", "name": "Air Max 1", "hasVariant": variants}).price == Money(110.0, "EUR")


@pytest.mark.parametrize("noise", ['"', "/*", "//", "<!--", '{"@context"', "\\", '"\\', "[", ",]"])
def test_broken_scripts_take_time_in_proportion(noise: str) -> None:
    before = process_time()
    jsonld_facts(page(noise * 100_000), "EUR")
    assert process_time() - before < 2


@pytest.mark.parametrize(
    "brand", ["Nike", {"name": "Nike"}, [{"@type": "Brand", "name": "Nike"}], {"@type": "Brand", "name": ["Nike"]}]
)
def test_reads_the_brand_in_each_form(brand: Any) -> None:
    assert of({**PRODUCT, "brand": brand}).brand == "Nike"


@pytest.mark.parametrize("image", ["a.jpg", ["a.jpg"], {"url": "a.jpg"}, {"contentUrl": "a.jpg"}, [{"url": ["a.jpg"]}]])
def test_reads_the_image_in_each_form(image: Any) -> None:
    assert of({**PRODUCT, "image": image}).photos == ("a.jpg",)


def test_finds_the_product_in_a_graph_and_in_an_array() -> None:
    crumbs = {"@type": "BreadcrumbList", "name": "not this"}
    assert of({"@context": "https://schema.org", "@graph": [crumbs, PRODUCT]}).title == "Air Max 1 'Royal'"
    facts = jsonld_facts(
        page(json.dumps([crumbs, {**PRODUCT, "@type": ["Thing", "http://schema.org/Product"]}])), "EUR"
    )
    assert facts is not None
    assert facts.title == "Air Max 1 'Royal'"


def test_takes_the_pages_own_product_not_a_recommended_one() -> None:
    other = {**PRODUCT, "name": "Other", "url": "https://shop.example/products/other"}
    assert of(other, PRODUCT).title == "Air Max 1 'Royal'"
    nameless = {key: value for key, value in PRODUCT.items() if key != "url"}
    assert of({"@type": "Product", "name": "Other"}, nameless).title == "Air Max 1 'Royal'", "the one with an offer"


def test_a_group_of_variants_tells_what_its_first_variant_tells() -> None:
    group = {"@type": "ProductGroup", "name": "Air Max 1", "hasVariant": [{**PRODUCT, "name": "Air Max 1 - 42"}]}
    facts = of(group)
    assert (facts.title, facts.brand, facts.price) == ("Air Max 1", "Nike", Money(149.95, "EUR"))


def test_a_broken_script_costs_only_itself() -> None:
    facts = jsonld_facts(page('{"@type": "Product", "name": "cut', json.dumps(PRODUCT)), "EUR")
    assert facts is not None
    assert facts.title == "Air Max 1 'Royal'"


@pytest.mark.parametrize(
    "script",
    ["", "{", "[]", "null", "3", '"text"', '{"@type": "Organization", "name": "Shop"}', '{"@graph": [1, null]}'],
)
def test_finds_nothing_where_there_is_no_product(script: str) -> None:
    assert jsonld_facts(page(script), "EUR") is None
    assert microdata_facts(page(script), "EUR") is None


@pytest.mark.parametrize("wrong", [None, 3, [], {}, [None], {"name": None}, [[["x"]]], True])
def test_fields_of_a_wrong_kind_are_left_out(wrong: Any) -> None:
    broken = dict.fromkeys((*PRODUCT, "audience", "hasVariant", "manufacturer"), wrong) | {"@type": "Product"}
    assert of(broken).price is None


MICRODATA = """
<div itemscope itemtype="http://schema.org/Product">
  <meta itemprop="name" content="550 PS">
  <div itemprop="brand" itemscope itemtype="http://schema.org/Brand"><span itemprop="name">New Balance</span></div>
  <img itemprop="image" src="/files/a.jpg"><a itemprop="image" href="/files/b.jpg"></a>
  <p itemprop="description">Stijlcode: PSB550WB</p>
  <div itemprop="offers" itemscope itemtype="http://schema.org/Offer">
    <meta itemprop="priceCurrency" content="EUR"><meta itemprop="price" content="99.95">
  </div>
</div>
"""


def test_reads_microdata() -> None:
    facts = microdata_facts(html(MICRODATA, URL), "USD")
    assert facts is not None
    assert facts.source == "microdata"
    assert (facts.title, facts.brand, facts.price) == ("550 PS", "New Balance", Money(99.95, "EUR"))
    assert facts.description == "Stijlcode: PSB550WB"
    assert facts.photos == ("https://shop.example/files/a.jpg", "https://shop.example/files/b.jpg")


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<div itemscope itemtype='http://schema.org/Product'></div>",
        "<div itemscope itemtype='' itemref='a b'><p itemprop>",
        "<p itemprop='name'>x",
    ],
)
def test_odd_microdata_raises_nothing(markup: str) -> None:
    facts = microdata_facts(html(markup, URL), "EUR")
    assert facts is None or facts.title is None


def test_data_nested_without_end_is_none() -> None:
    deep = '<script type="application/ld+json">' + '{"@graph":[' * 3000 + "]}" * 3000 + "</script>"
    assert jsonld_facts(html(deep), "EUR") is None


ITEM = '<div itemscope itemtype="https://schema.org/Product" itemprop="isRelatedTo"><p itemprop="name">Runner</p>'


def test_items_within_items_are_read_up_to_a_depth() -> None:
    for depth, titles in ((1, "Runner"), (12, "Runner"), (13, None), (250, None)):
        facts = microdata_facts(html(ITEM * depth), "EUR")
        assert (facts and facts.title) == titles


def test_any_number_of_items_may_refer_to_parts_that_refer_no_further() -> None:
    parts = "".join(f'<p id="p{n}"><b itemprop="name">Runner {n}</b></p>' for n in range(20))
    items = "".join(f'<i itemscope itemtype="https://schema.org/Product" itemref="p{n}"></i>' for n in range(20))
    facts = microdata_facts(html(parts + items), "EUR")
    assert facts is not None
    assert facts.title == "Runner 0"


def test_a_page_nested_to_exhaust_the_stack_does_not_stop_those_after_it() -> None:
    """Interrupted by RecursionError, an XPath of lxml kept its lock, and the next page waited for it without end."""
    code = f"""
from scrapers.extract.structured import microdata_facts
from tests.scrapers.browsing import html

def at_depth(frames, function):
    return at_depth(frames - 1, function) if frames else function()

nested = {ITEM!r} * 250
chained = "".join(f'<div id="i{{n}}" itemscope itemprop="x" itemref="i{{n + 1}}"></div>' for n in range(600))
for frames in range(30):
    for page in (nested, chained):
        at_depth(frames, lambda: microdata_facts(html(page), "EUR"))
        assert microdata_facts(html({ITEM!r}), "EUR").title == "Runner"
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=PROJECT_ROOT)
