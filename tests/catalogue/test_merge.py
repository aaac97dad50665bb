from __future__ import annotations

import random

import pandas as pd
import pytest

from sneakers_ml.catalogue.listing import Listing, write_listings
from sneakers_ml.catalogue.merge import MergeReport, merge
from sneakers_ml.errors import DataError
from sneakers_ml.paths import Workspace


def listing(listing_id, *, shop="myshop", brand="Puma", **fields):
    return Listing(shop=shop, listing_id=listing_id, brand_raw=brand, **fields)


def merged(root, **sources):
    """Write each source's listings and merge them; the two tables, listings by `source/listing_id`."""
    workspace = Workspace(root)
    for name, listings in sources.items():
        write_listings(workspace.source(name) / "listings.jsonl", listings)
    merge(workspace)
    table = pd.read_parquet(workspace.listings)
    return table.set_index(table["source"] + "/" + table["listing_id"]), pd.read_parquet(workspace.products)


def same(table, column, *names):
    return len({table.loc[name, column] for name in names}) == 1


def test_a_style_code_joins_listings_of_several_shops(tmp_path):
    listings, products = merged(
        tmp_path,
        a=[listing("1", shop="a", title_raw="Speed Cat OG", style_code="398846-01", price=90.0, currency="EUR")],
        b=[
            listing("x", shop="b", brand="PUMA", title_raw="Puma Speed Cat", style_code="398846 01", url="https://b/x"),
            listing("y", shop="b", title_raw="Speed Cat OG", style_code="398846-02"),
        ],
    )
    assert same(listings, "product_id", "a/1", "b/x")
    assert not same(listings, "product_id", "a/1", "b/y")
    assert set(listings["matched_by"]) == {"style_code"}
    assert len(products) == 2
    offers = products.set_index("product_id").loc[listings.loc["a/1", "product_id"], "offers"]
    assert [dict(offer) for offer in offers] == [
        {"shop": "a", "url": None, "price": 90.0, "currency": "EUR"},
        {"shop": "b", "url": "https://b/x", "price": None, "currency": None},
    ]


def test_a_style_code_is_the_makers_own_so_another_brand_may_use_it_too(tmp_path):
    listings, _ = merged(tmp_path, a=[listing("1", style_code="574"), listing("2", brand="Vans", style_code="574")])
    assert not same(listings, "product_id", "a/1", "a/2")


@pytest.mark.parametrize("filler", ["", " ", "-", "N/A"])
def test_what_stands_for_no_style_code_joins_nothing(tmp_path, filler):
    listings, _ = merged(
        tmp_path,
        a=[
            listing("1", title_raw="Speed Cat", style_code=filler),
            listing("2", title_raw="Suede Classic", style_code=filler),
        ],
    )
    assert not same(listings, "product_id", "a/1", "a/2")
    assert set(listings["matched_by"]) == {"title"}


def test_a_sources_own_product_id_joins_its_listings_and_no_other_sources(tmp_path):
    listings, _ = merged(
        tmp_path,
        a=[listing("1", product_key="7", title_raw="Left shot"), listing("2", product_key="7", title_raw="Sole")],
        b=[listing("3", shop="b", product_key="7", title_raw="Left shot")],
    )
    assert same(listings, "product_id", "a/1", "a/2")
    assert not same(listings, "product_id", "a/1", "b/3")
    assert set(listings["matched_by"]) == {"none"}


def test_title_and_colour_join_where_nothing_better_is_stated(tmp_path):
    listings, _ = merged(
        tmp_path,
        a=[
            listing("1", title_raw="Speed  Cat", colour_raw="Red"),
            listing("2", title_raw="Speed Cat", colour_raw="Blue"),
        ],
        b=[
            listing("3", shop="b", brand="puma", title_raw="speed cat", colour_raw=" red "),
            listing("4", shop="b", brand="Vans", title_raw="speed cat", colour_raw="red"),
        ],
    )
    assert same(listings, "product_id", "a/1", "b/3")
    assert listings.loc[["a/1", "a/2", "b/3", "b/4"], "product_id"].nunique() == 3
    assert set(listings["matched_by"]) == {"title"}


def test_a_listing_that_states_nothing_stands_alone(tmp_path):
    listings, products = merged(
        tmp_path,
        a=[listing("1", brand=None), listing("2", brand=None), listing("3", brand=" ")],
        b=[listing("1", shop="b")],
    )
    assert listings["product_id"].nunique() == listings["model_id"].nunique() == 4
    assert listings["brand"].to_dict() == {"a/1": "unknown", "a/2": "unknown", "a/3": "unknown", "b/1": "puma"}
    assert set(products["title"]) == {"Unknown", "Puma"}
    assert set(products["matched_by"]) == {"none"}


def test_colourways_share_their_model_though_each_title_is_worded_otherwise(tmp_path):
    listings, products = merged(
        tmp_path,
        a=[
            listing("1", title_raw="Puma Men's Speed Cat Shoe"),
            listing("2", title_raw="Puma Speed Cat Black"),
            listing("3", title_raw="Puma Suede Black"),
            listing("4", model_raw="Speed Cat", title_raw="Limited edition", colour_raw="red"),
            listing("5", brand="Vans", title_raw="Speed Cat"),
        ],
    )
    assert same(listings, "model_id", "a/1", "a/2", "a/4")
    assert listings["model_id"].nunique() == 3
    assert listings["product_id"].nunique() == len(products) == 5


def test_brands_are_one_however_they_are_spelt(tmp_path):
    listings, _ = merged(
        tmp_path,
        a=[
            listing("1", brand="numero-uno", title_raw="Runner 5"),
            listing("2", brand="Numero Uno", title_raw="Runner 5"),
        ],
    )
    assert set(listings["brand"]) == {"numero uno"}
    assert same(listings, "product_id", "a/1", "a/2")


def test_a_product_is_of_one_model_though_its_shops_name_it_otherwise(tmp_path):
    """a/1 and b/1 are one product; a/2 is a colourway of a/1's model and b/2 of b/1's, so all four are one model."""
    listings, products = merged(
        tmp_path,
        a=[listing("1", title_raw="Speed Cat", style_code="1"), listing("2", title_raw="Speed Cat", style_code="2")],
        b=[
            listing("1", shop="b", title_raw="Speedcat", style_code="1"),
            listing("2", shop="b", title_raw="Speedcat", style_code="3"),
            listing("3", shop="b", title_raw="Suede", style_code="4"),
        ],
    )
    assert same(listings, "model_id", "a/1", "a/2", "b/1", "b/2")
    assert listings["model_id"].nunique() == 2
    assert listings.groupby("product_id")["model_id"].nunique().eq(1).all()
    assert products.set_index("product_id")["model_id"].to_dict() == dict(
        zip(listings["product_id"], listings["model_id"], strict=True)
    )


def test_titles_without_a_word_make_no_model_together(tmp_path):
    listings, _ = merged(tmp_path, a=[listing("1", title_raw="!!!"), listing("2", title_raw="—")])
    assert not same(listings, "model_id", "a/1", "a/2")


def shelf():
    return [
        listing(
            str(number), title_raw=f"Model {number % 4}", colour_raw=("red", "blue")[number % 2], price=number * 1.0
        )
        for number in range(20)
    ]


def test_the_order_of_listings_and_sources_does_not_matter(tmp_path):
    """Two runs over the same listings, once shuffled, write the same bytes."""
    shuffled = shelf()
    random.Random(1).shuffle(shuffled)
    for root, listings in (("one", shelf()), ("two", shuffled)):
        merged(tmp_path / root, a=listings, b=[listing("1", shop="b", title_raw="Model 1", colour_raw="red")])
    for name in ("products.parquet", "listings.parquet"):
        one, two = ((tmp_path / root / "data" / "catalogue" / name).read_bytes() for root in ("one", "two"))
        assert one == two


def test_ids_hang_on_the_product_alone_not_on_what_else_is_in_the_catalogue(tmp_path):
    few, _ = merged(tmp_path / "few", a=shelf()[:3])
    many, _ = merged(tmp_path / "many", a=shelf(), b=[listing("1", shop="b", title_raw="Other")])
    for column in ("product_id", "model_id"):
        assert few[column].to_dict().items() <= many[column].to_dict().items()


def test_the_report_counts_what_was_written(tmp_path):
    workspace = Workspace(tmp_path)
    write_listings(workspace.source("a") / "listings.jsonl", shelf())
    write_listings(workspace.source("b") / "listings.jsonl", [listing("1", shop="b", title_raw="Other")])
    # models 0 to 3 come in one colour each, as 4 is even: 4 products, and the other
    assert merge(workspace) == MergeReport(sources=2, listings=21, products=5, models=5)


def test_photos_and_their_views_stay_with_their_listing(tmp_path):
    files = ("photos/1.jpg", "photos/2.jpg")
    listings, _ = merged(tmp_path, a=[listing("1", photo_files=files, photo_views=("left", None)), listing("2")])
    assert list(listings.loc["a/1", "photo_files"]) == list(files)
    assert list(listings.loc["a/1", "photo_views"]) == ["left", None]
    assert list(listings.loc["a/2", "photo_files"]) == []


@pytest.mark.parametrize("sources", [{}, {"a": []}])
def test_nothing_to_merge_is_an_error_that_says_what_to_do(tmp_path, sources):
    with pytest.raises(DataError, match="no listings; bring some with `sneakers import`"):
        merged(tmp_path, **sources)


def test_a_listing_twice_in_one_source_breaks_the_contract(tmp_path):
    with pytest.raises(DataError, match=r"listings\.parquet: breaks its contract.*listing_id"):
        merged(tmp_path, a=[listing("1"), listing("1", title_raw="Again")])
    assert not Workspace(tmp_path).listings.exists()
