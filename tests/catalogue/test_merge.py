from __future__ import annotations

import random
from datetime import UTC, datetime

import pandas as pd
import pytest

from sneakers_ml.catalogue.listing import Listing, write_listings
from sneakers_ml.catalogue.merge import MergeResult, merge
from sneakers_ml.errors import DataError
from sneakers_ml.workspace.paths import Workspace


def listing(listing_id, *, shop="myshop", brand="Puma", **fields):
    """A listing of a source; `merged` names the shop after it."""
    return Listing(shop=shop, listing_id=listing_id, brand_raw=brand, **fields)


def crawled(listing_id, **fields):
    return listing(listing_id, fetched_at=on_day(1), **fields)


def on_day(day):
    return datetime(2026, 1, day, tzinfo=UTC)


def merged(root, **sources):
    """Write each source's listings and merge them; the two tables, listings by `source/listing_id`."""
    workspace = Workspace(root)
    for name, listings in sources.items():
        rows = [row.model_copy(update={"shop": name}) if row.shop == "myshop" else row for row in listings]
        write_listings(workspace.source(name) / "listings.jsonl", rows)
    merge(workspace)
    table = pd.read_parquet(workspace.listings)
    return table.set_index(table["source"] + "/" + table["listing_id"]), pd.read_parquet(workspace.products)


def same(table, column, *names):
    return len({table.loc[name, column] for name in names}) == 1


def test_a_listing_that_names_two_style_codes_joins_either(tmp_path):
    listings, products = merged(
        tmp_path,
        a=[
            listing("1", brand="Nike", title_raw="Nike Air Force 1 Low '07 White", style_code="315122-111/CW2288-111"),
            listing("2", brand="Nike", title_raw="Nike Air Force 1 Low '07 Black", style_code="CW2288-001"),
        ],
        b=[listing("1", brand="Nike", title_raw="Air Force 1 Low", style_code="CW2288-111")],
        c=[listing("1", brand="Nike", title_raw="AF1", style_code="315122 111")],
    )
    assert same(listings, "product_id", "a/1", "b/1", "c/1")
    assert len(products) == 2
    assert listings.loc["b/1", "match_reason"] == "The style code CW2288111 is that of a:1."


def test_a_style_code_joins_listings_of_several_shops(tmp_path):
    listings, products = merged(
        tmp_path,
        a=[listing("1", title_raw="Speed Cat OG", style_code="398846-01", price=90.0, currency="EUR")],
        b=[
            listing("x", brand="PUMA", title_raw="Puma Speed Cat", style_code="398846 01", url="https://b/x"),
            listing("y", title_raw="Speed Cat OG", style_code="398846-02"),
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
    listings, _ = merged(
        tmp_path, a=[listing("1", style_code="AB1234"), listing("2", brand="Vans", style_code="AB1234")]
    )
    assert not same(listings, "product_id", "a/1", "a/2")


def test_a_jordan_that_a_shop_files_under_nike_is_one_product_of_one_brand(tmp_path):
    listings, products = merged(
        tmp_path,
        a=[listing("1", brand="Jordan", title_raw="Air Jordan 6 Retro 'Dutch Blue'", style_code="DM9045-100")],
        b=[listing("2", brand="Nike", title_raw="Retro 6 Dutch Blue", style_code="DM9045 100")],
    )
    assert same(listings, "product_id", "a/1", "b/2")
    assert set(listings["brand"]) == set(products["brand"]) == {"jordan"}


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
    assert set(listings["matched_by"]) == {"none"}


def test_a_sources_own_product_id_joins_its_listings_and_no_other_sources(tmp_path):
    listings, _ = merged(
        tmp_path,
        a=[listing("1", product_key="7", title_raw="Left shot"), listing("2", product_key="7", title_raw="Sole")],
        b=[listing("3", product_key="7", title_raw="Left shot")],
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
            listing("3", brand="puma", title_raw="speed cat", colour_raw=" red "),
            listing("4", brand="Vans", title_raw="speed cat", colour_raw="red"),
        ],
    )
    assert same(listings, "product_id", "a/1", "b/3")
    assert listings.loc[["a/1", "a/2", "b/3", "b/4"], "product_id"].nunique() == 3
    assert set(listings["matched_by"]) == {"title"}


def test_a_listing_that_states_nothing_stands_alone(tmp_path):
    listings, products = merged(
        tmp_path, a=[listing("1", brand=None), listing("2", brand=None), listing("3", brand=" ")], b=[listing("1")]
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
        a=[listing("1", brand="numero-uno", title_raw="Runner 5")],
        b=[listing("2", brand="Numero Uno", title_raw="Runner 5")],
    )
    assert set(listings["brand"]) == {"numero uno"}
    assert same(listings, "product_id", "a/1", "b/2")


def test_titles_without_a_colour_join_two_shops_but_no_two_pages_of_one(tmp_path):
    """What tells a shoe of one shop from the next is then its page; another shop's equal title may well be the same."""
    pages = [listing(str(number), title_raw="Puma Speed Cat") for number in range(4)]
    listings, _ = merged(tmp_path / "one", a=pages)
    assert listings["product_id"].nunique() == 4
    sized = "Puma MB.01 Buzz City (GS)"
    shops = {"a": [listing("1", title_raw=sized, style_code="376886-13")], "b": [listing("1", title_raw=sized)]}
    listings, _ = merged(tmp_path / "two", **shops)
    assert same(listings, "product_id", "a/1", "b/1")
    assert listings.loc["b/1", "match_reason"] == (
        "Its title says the same as that of a:1, and no shop has two that do."
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Puma Speed Cat 'Tokyo Pack'", "SPEED CAT (TOKYO PACK)"),
        ("Puma Speed Cat 'White Sea Glass'", "Speed Cat - White Sea Glass Sneakers"),
        ("Puma Speed Cat 'White Safari Khaki'", "PUMA SPEED CAT WHITE SAFARI KHAKI"),
    ],
)
def test_one_title_in_other_type_is_one_product(tmp_path, one, other):
    listings, _ = merged(tmp_path, a=[listing("1", title_raw=one)], b=[listing("2", title_raw=other)])
    assert same(listings, "product_id", "a/1", "b/2")


def test_a_product_is_of_one_model_though_its_shops_name_it_otherwise(tmp_path):
    """a/1 and b/1 are one product; a/2 is a colourway of a/1's model and b/2 of b/1's, so all four are one model."""
    listings, products = merged(
        tmp_path,
        a=[
            listing("1", title_raw="Speed Cat", style_code="398846-01"),
            listing("2", title_raw="Speed Cat", style_code="398846-02"),
        ],
        b=[
            listing("1", title_raw="Fast Feline", style_code="398846-01"),
            listing("2", title_raw="Fast Feline", style_code="398846-03"),
            listing("3", title_raw="Suede", style_code="398846-04"),
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


def drawn():
    return [
        listing(
            str(number), title_raw=f"Model {number % 4}", colour_raw=("red", "blue")[number % 2], price=number * 1.0
        )
        for number in range(20)
    ]


def test_the_order_of_listings_and_sources_does_not_matter(tmp_path):
    """Two runs over the same listings, once shuffled and the sources' names swapped over, write the same bytes."""
    shuffled = [*drawn(), crawled("slide", title_raw="Cool Cat Slides")]
    random.Random(1).shuffle(shuffled)
    other = [listing("1", title_raw="Model 1 Low", colour_raw="red", style_code="398846-01")]
    for root, listings in (("one", sorted(shuffled, key=lambda row: row.listing_id)), ("two", shuffled)):
        merged(tmp_path / root, a=listings, b=other)
    for name in ("products.parquet", "listings.parquet", "set_aside.parquet"):
        one, two = ((tmp_path / root / "data" / "catalogue" / name).read_bytes() for root in ("one", "two"))
        assert one == two


def test_ids_hang_on_the_product_alone_not_on_what_else_is_in_the_catalogue(tmp_path):
    few, _ = merged(tmp_path / "few", a=drawn()[:3])
    many, _ = merged(tmp_path / "many", a=drawn(), b=[listing("1", title_raw="Other")])
    for column in ("product_id", "model_id"):
        assert few[column].to_dict().items() <= many[column].to_dict().items()


def test_a_shop_that_comes_later_breaks_no_product_id(tmp_path):
    """Seen later, its style codes join products that had none, which keep the ids they were given."""
    first = [
        listing("1", title_raw="Speed Cat", colour_raw="Red/White", first_seen=on_day(1)),
        listing("2", title_raw="Suede", colour_raw="Blue", first_seen=on_day(1)),
    ]
    later = [listing("9", title_raw="Speed Cat", colour_raw="Red White", style_code="398846-01", first_seen=on_day(2))]
    before, _ = merged(tmp_path / "before", a=first)
    after, products = merged(tmp_path / "after", a=first, b=later)
    kept = after.loc[before.index]
    assert kept["product_id"].tolist() == before["product_id"].tolist()
    assert same(after, "product_id", "a/1", "b/9")
    row = products.set_index("product_id").loc[after.loc["a/1", "product_id"]]
    assert (row["style_code"], row["matched_by"]) == ("39884601", "title")
    assert after.loc["b/9", "first_seen"] == pd.Timestamp(on_day(2))


def test_the_report_counts_what_was_written(tmp_path):
    workspace = Workspace(tmp_path)
    write_listings(workspace.source("a") / "listings.jsonl", [*drawn(), crawled("slide", title_raw="Cool Cat Slides")])
    other = [
        listing("1", title_raw="Other", style_code="398846-01"),
        listing("2", title_raw="Again", style_code="398846-01"),
    ]
    write_listings(workspace.source("b") / "listings.jsonl", other)
    # models 0 to 3 come in one colour each, as 4 is even: 4 products of 5 listings each, and the other of 2
    assert merge(workspace) == MergeResult(
        sources=2, listings=22, set_aside=1, products=5, models=5, joined_by_style_code=1, joined_by_title=16
    )


@pytest.fixture(scope="module")
def reasons(tmp_path_factory):
    listings, _ = merged(
        tmp_path_factory.mktemp("reasons"),
        a=[
            listing("1", title_raw="Speed Cat", colour_raw="Red/White", style_code="398846-01"),
            listing("2", title_raw="Suede", product_key="7"),
            listing("3", title_raw="Suede", product_key="7"),
            listing("4", title_raw="Clyde"),
            listing("5", brand=None),
        ],
        b=[listing("1", title_raw="Other words", style_code="398846 01"), listing("3", title_raw="Clyde")],
        c=[listing("2", title_raw="Speed Cat", colour_raw="Core Red/White")],
    )
    return listings


class TestReasons:
    """What is said of why a listing belongs to its product."""

    @pytest.mark.parametrize(
        ("place", "ground", "other", "score", "reason"),
        [
            ("a/1", "style_code", None, None, "Founds this product: no listing before it has the style code 39884601."),
            ("b/1", "style_code", "a:1", 100, "The style code 39884601 is that of a:1."),
            (
                "c/2",
                "title",
                "a:1",
                (100 + 400 / 4.3 - 2) / 2,  # core, which the other lacks, weighs 0.3
                "Model 'Speed Cat' in 'Core Red/White' is like 'Speed Cat' in 'Red/White' of a:1, 96 of 100.",
            ),
            ("a/2", "none", None, None, "Founds this product: it tells too little to be compared with others."),
            ("a/3", "none", "a:2", 100, "The product id 7 of a is that of a:2."),
            (
                "a/4",
                "none",
                None,
                None,
                "Founds this product: model or colour is not stated, and no listing of another shop before it says the "
                "very same.",
            ),
            ("b/3", "title", "a:4", 100, "Its title says the same as that of a:4, and no shop has two that do."),
            ("a/5", "none", None, None, "Founds this product: it tells too little to be compared with others."),
        ],
    )
    def test_each_listing_says_why_it_is_there(self, reasons, place, ground, other, score, reason):
        row = reasons.loc[place]
        assert (row["matched_by"], row["match_reason"]) == (ground, reason)
        assert row["matched_with"] == other or (other is None and pd.isna(row["matched_with"]))
        assert row["match_score"] == pytest.approx(score) if score else pd.isna(row["match_score"])

    def test_a_product_is_held_by_its_weakest_ground(self, tmp_path):
        codes = [listing(str(n), title_raw=f"Words {n}", style_code="398846-01") for n in (1, 2)]
        alike = [listing("1", title_raw="Words 1", colour_raw="Red")]
        _, products = merged(tmp_path, a=[codes[0].model_copy(update={"colour_raw": "Red"}), codes[1]], b=alike)
        assert products["matched_by"].tolist() == ["title"]
        _, products = merged(tmp_path / "codes", a=codes)
        assert products["matched_by"].tolist() == ["style_code"]


def test_prices_stay_as_each_shop_asks_them(tmp_path):
    """Euros and rupees are listed side by side, by shop and address, and never made into one figure."""
    code = {"title_raw": "Speed Cat", "style_code": "398846-01"}
    _, products = merged(
        tmp_path,
        rupees=[listing("2", shop="in", price=9999.0, currency="INR", url="https://in/2", **code)],
        euros=[
            listing("2", shop="eu", price=99.0, currency="EUR", url="https://eu/b", **code),
            listing("1", shop="eu", price=95.0, currency="EUR", url="https://eu/c", **code),
            listing("3", shop="eu", **code),
        ],
    )
    assert [tuple(offer.values()) for offer in products.loc[0, "offers"]] == [
        ("eu", None, None, None),
        ("eu", "https://eu/b", 99.0, "EUR"),
        ("eu", "https://eu/c", 95.0, "EUR"),
        ("in", "https://in/2", 9999.0, "INR"),
    ]
    assert "price" not in products


def test_what_was_taken_from_a_title_is_kept_with_the_listing(tmp_path):
    listings, _ = merged(tmp_path, a=[listing("1", title_raw="Puma  Speed Cat 'Red/White'")])
    row = listings.loc["a/1"]
    assert (row["title"], row["model"], row["colour"]) == ("Puma Speed Cat 'Red/White'", "Speed Cat", "Red/White")
    assert {"text": "Puma", "kind": "brand"} in list(row["removed"])
    assert not row["collaborators"].size


def test_what_is_no_sneaker_is_set_aside_with_the_reason(tmp_path):
    listings, products = merged(
        tmp_path, a=[listing("1", title_raw="Speed Cat"), crawled("2", title_raw="Cool Cat Slides", url="https://a/2")]
    )
    assert listings.index.tolist() == ["a/1"]
    assert len(products) == 1
    aside = pd.read_parquet(Workspace(tmp_path).set_aside)
    assert aside[["source", "shop", "listing_id", "title", "url"]].values.tolist() == [
        ["a", "a", "2", "Cool Cat Slides", "https://a/2"]
    ]
    assert "slides" in aside.loc[0, "reason"].lower()


def test_what_somebody_imported_is_never_set_aside(tmp_path):
    listings, _ = merged(tmp_path, a=[listing("1", title_raw="Cool Cat Slides")])
    assert listings.index.tolist() == ["a/1"]
    assert pd.read_parquet(Workspace(tmp_path).set_aside).empty


def test_a_product_does_not_shout_where_another_shop_speaks(tmp_path):
    _, products = merged(
        tmp_path,
        a=[crawled("1", title_raw="SPEED CAT OG 'RED/WHITE'", style_code="398846-01")],
        b=[crawled("2", title_raw="Speed Cat OG 'Team Red'", style_code="398846-01")],
    )
    assert products.loc[0, "title"] == "Puma Speed Cat OG Team Red"


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("(PS) Speed Cat 'Red'", "(TD) Speed Cat 'Red'", False),
        ("(GS) Speed Cat 'Red'", "Speed Cat Kids 'Red'", True),
        ("Speed Cat 'Aqua' 2015", "Speed Cat 'Aqua' 2025", False),
        ("Speed Cat 'Aqua' 2015", "Speed Cat 'Aqua'", True),
        ("(PS) Speed Cat Kids 'Red'", "(TD) Speed Cat Kids 'Red'", False),
    ],
)
def test_sizes_and_years_that_both_shops_tell_part_what_is_alike(tmp_path, one, other, joined):
    listings, _ = merged(tmp_path, a=[listing("1", title_raw=one)], b=[listing("2", title_raw=other)])
    assert same(listings, "product_id", "a/1", "b/2") == joined


def test_and_so_they_do_within_one_shop(tmp_path):
    titles = ["(PS) Speed Cat 'Red'", "(TD) Speed Cat 'Red'", "Speed Cat 'Red' 2015", "Speed Cat 'Red' 2025"]
    listings, _ = merged(tmp_path, a=[listing(str(number), title_raw=title) for number, title in enumerate(titles)])
    assert listings["product_id"].nunique() == 4


def test_a_founder_lends_its_product_what_it_tells_and_the_others_the_rest(tmp_path):
    _, products = merged(
        tmp_path,
        a=[listing("9", title_raw="Speed Cat", style_code="398846-01", gender="women", first_seen=on_day(1))],
        b=[listing("1", title_raw="Words 'Red'", gender="men", style_code="398846-01", first_seen=on_day(2))],
    )
    row = products.iloc[0]
    assert (row["title"], row["model"], row["gender"], row["colour"]) == ("Speed Cat", "Speed Cat", "women", "Red")


def test_photos_and_their_views_stay_with_their_listing(tmp_path):
    files = ("photos/1.jpg", "photos/2.jpg")
    listings, _ = merged(tmp_path, a=[listing("1", photo_files=files, photo_views=("left", None)), listing("2")])
    assert list(listings.loc["a/1", "photo_files"]) == list(files)
    assert list(listings.loc["a/1", "photo_views"]) == ["left", None]
    assert list(listings.loc["a/2", "photo_files"]) == []


@pytest.mark.parametrize("sources", [{}, {"a": []}])
def test_nothing_to_merge_is_an_error_that_says_what_to_do(tmp_path, sources):
    with pytest.raises(DataError, match="no listings; bring some with `sneakers crawl` or `sneakers import`"):
        merged(tmp_path, **sources)


def test_a_catalogue_of_nothing_but_other_things_is_an_error(tmp_path):
    with pytest.raises(DataError, match="none of the 1 listings is a sneaker"):
        merged(tmp_path, a=[crawled("1", title_raw="Cool Cat Slides")])
    assert not Workspace(tmp_path).products.exists()


def test_a_listing_twice_in_one_source_breaks_the_contract(tmp_path):
    with pytest.raises(DataError, match=r"listings\.parquet: breaks its contract.*listing_id"):
        merged(tmp_path, a=[listing("1"), listing("1", title_raw="Again")])
    assert not Workspace(tmp_path).listings.exists()
