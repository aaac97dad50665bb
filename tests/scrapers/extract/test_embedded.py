"""State that pages embed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scrapers.extract.embedded import hypernova, json_scripts, next_data, objects, product_facts
from scrapers.extract.facts import Facts
from scrapers.extract.prices import Money
from tests.scrapers.browsing import html


def hypernova_page(content: str) -> str:
    return f'<body><script type="application/json" data-hypernova-key="ProductDetail">{content}</script></body>'


def test_reads_next_data() -> None:
    page = html('<script id="__NEXT_DATA__" type="application/json">{"props": {"pageProps": {"a": 1}}}</script>')
    assert next_data(page) == {"props": {"pageProps": {"a": 1}}}


def test_reads_hypernova_out_of_its_comment() -> None:
    assert hypernova(html(hypernova_page('<!--{"product_data": {"id": 1}}-->')), "ProductDetail") == {
        "product_data": {"id": 1}
    }
    assert hypernova(html(hypernova_page(' <!-- {"a": 2} --> ')), "ProductDetail") == {"a": 2}
    assert hypernova(html(hypernova_page('{"a": 3}')), "ProductDetail") == {"a": 3}


def test_undoes_hypernovas_entities() -> None:
    page = html(hypernova_page('<!--{"name": "Suede &amp; mesh --&gt; soft"}-->'))
    assert hypernova(page, "ProductDetail") == {"name": "Suede & mesh --> soft"}


def test_reads_the_component_that_is_asked_for() -> None:
    other = '<script type="application/json" data-hypernova-key="Header"><!--{"a": 1}--></script>'
    assert hypernova(html(other + hypernova_page('<!--{"a": 2}-->')), "ProductDetail") == {"a": 2}
    assert hypernova(html(other), "ProductDetail") is None


@pytest.mark.parametrize("content", ["", "<!---->", "<!--{cut-->", '{"a": ', "nonsense", "[" * 100_000])
def test_broken_state_is_none(content: str) -> None:
    page = html(hypernova_page(content) + f'<script id="__NEXT_DATA__">{content}</script>')
    assert hypernova(page, "ProductDetail") is None
    assert next_data(page) is None
    assert list(json_scripts(page)) == []


def test_finds_objects_outer_ones_first() -> None:
    state = {"n": 1, "deep": {"n": 2, "deeper": [[{"n": 4}], 5, None]}, "list": [{"n": 3}]}
    assert [one["n"] for one in objects(state)] == [1, 2, 3, 4]
    assert list(objects(None)) == []


def test_reads_a_product() -> None:
    product = {
        "id": 7,
        "name": "HOKA – Bondi 8 Olive Haze",
        "brand": {"name": "HOKA"},
        "price": {"amount": 148.0, "currency": "USD", "compareAt": 185.0},
        "gender": "men",
        "color": "Olive Haze",
        "description": "Soft.",
        "images": [{"url": "/static/a.jpg"}, {"srcset": "/s/b.jpg?w=9 9w, /s/b.jpg?w=99 99w"}, "/static/c.jpg"],
    }
    assert product_facts(product, "EUR") == Facts(
        source="state",
        brand="HOKA",
        title="HOKA – Bondi 8 Olive Haze",
        colour="Olive Haze",
        gender="men",
        price=Money(148.0, "USD", 185.0),
        description="Soft.",
        photos=("/static/a.jpg", "/s/b.jpg?w=99", "/static/c.jpg"),
        extra={"id": "7"},
    )


@pytest.mark.parametrize(
    ("price", "money"),
    [
        (185, Money(185.0, "USD")),
        ("€ 120", Money(120.0, "EUR")),
        ({"value": "120 €", "value_old": "150 €"}, Money(120.0, "EUR", 150.0)),
        ({"current": 77, "original": 110, "currencyCode": "USD"}, Money(77.0, "USD", 110.0)),
        (["150 €", "120 €"], Money(120.0, "EUR", 150.0)),
        ({}, None),
        ([], None),
        ({"value": None}, None),
        (True, None),
    ],
)
def test_reads_prices_in_each_form(price: Any, money: Money | None) -> None:
    assert product_facts({"price": price}, "USD").price == money


@pytest.mark.parametrize("wrong", [None, 3, [], {}, [None], {"x": None}, [[["x"]]], True, "x"])
def test_values_of_a_wrong_kind_raise_nothing(wrong: Any) -> None:
    names = ("id", "name", "brand", "price", "gender", "color", "description", "images", "sku", "currency")
    product = json.loads(json.dumps(dict.fromkeys(names, wrong)))
    assert product_facts(product, "USD").source == "state"


def test_photos_are_addresses_and_no_captions() -> None:
    asset = {"_type": "image", "alt": "The shoe", "asset": {"_ref": "image-1-jpg", "path": "https://cdn.example/a.jpg"}}
    images = {"main": "/static/b.jpg", "other": [{"image": "/static/c.jpg"}], "title": "Left", "asset": asset}
    assert product_facts({"images": images}, "EUR").photos == (
        "/static/b.jpg",
        "/static/c.jpg",
        "https://cdn.example/a.jpg",
    )
