"""A merge after another one: the same tables as without a memory, whatever changed, broke off or was damaged."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sneakers_ml.catalogue.listing import Listing, read_listings, write_listings
from sneakers_ml.catalogue.merge import merge
from sneakers_ml.catalogue.offers import continued, taken_away
from sneakers_ml.errors import DataError, SneakersError
from sneakers_ml.workspace.paths import Workspace


def on_day(day):
    return datetime(2026, 1, day, tzinfo=UTC)


WORDS = (
    *("Glide", "Glide Pro", "Glide 'White/Black'", "Glyde Pro 'White/Black'", "Comet 90", "Slide 'Red'", ""),
    *(
        "Nike Glide Pro Red",
        "Jordan 1 Low x Nike",
        "WMNS GLIDE PRO",
        "Glide Pro AB1234-100",
        "Gift Card",
        "Puma x Comet",
    ),
)
FACTS = st.fixed_dictionaries(
    {
        "brand_raw": st.sampled_from(("Nike", "Jordan", "Puma", None, "Nike SB", "Nobody Knows")),
        "title_raw": st.sampled_from(WORDS),
        "colour_raw": st.sampled_from((None, None, "White/Black", "White / Core Black", "Red")),
        "style_code": st.sampled_from(
            (None, None, "AB1234-100", "AB1234 100", "398846-01", "AB1234-100/CD1234-001", "CD1234-001")
        ),
        "price": st.sampled_from((None, 0.0, 90.0, 70.0)),
        "currency": st.sampled_from((None, "EUR", "€", "INR")),
    }
)
CRAWLS = st.lists(st.dictionaries(st.sampled_from([f"{s}:{n}" for s in "abc" for n in range(6)]), FACTS), max_size=4)
"""Of each crawl what the shops have."""


def crawl(workspace, found, day):
    """What `sneakers crawl` would leave of what it found, shop by shop."""
    for shop in "abc":
        path = workspace.source(shop) / "listings.jsonl"
        before = {old.listing_id: old for old in read_listings(path)} if path.exists() else {}
        after = {key: taken_away(old, on_day(day)) for key, old in before.items()}
        for place, facts in found.items():
            if place.startswith(shop):
                listing = Listing(shop=shop, listing_id=place, fetched_at=on_day(day), **facts)
                after[place] = continued(listing, before.get(place), on_day(day))
        write_listings(path, [after[key] for key in sorted(after)])


def tables(workspace):
    return {path.name: path.read_bytes() for path in workspace.products.parent.iterdir()}


def merged(workspace):
    """All tables; or why there are none."""
    try:
        merge(workspace)
    except DataError as error:
        return str(error).partition(": ")[2]
    return tables(workspace)


def merged_afresh(workspace, folder):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(workspace.raw, Workspace(folder).raw)
    return merged(Workspace(folder))


def check_crawls(tmp_path, crawls):
    """After each the tables are those of a merge without a memory."""
    workspace = Workspace(tmp_path / "one")
    shutil.rmtree(workspace.root, ignore_errors=True)
    for day, found in enumerate(crawls, start=1):
        crawl(workspace, found, day)
        assert merged(workspace) == merged_afresh(workspace, tmp_path / "fresh")


MANY_FACTS = st.fixed_dictionaries(
    {
        "brand_raw": st.sampled_from(("Nike", "Jordan", "Puma", "adidas", "New Balance", "Noname", "", None)),
        "title_raw": st.sampled_from(
            (
                *WORDS,
                *("Glide (2016)", "Glide (2016/2022) 'Red'", "Glide GS 'Red'", "Glide (TD)", "Glide Kids", "Glide Low"),
                *("Glide Mid 'Red'", "Glide x Palace 'Red'", "Palace x Nike Glide", "SALE! Glide Pro", "nike11"),
                *("Jordan 4 'Red'", "574", "New Balance 574 'Grey'", "550 'Grey'", "Puma Comet 90 Red", "Club Hoodie"),
                *("GLIDE PRO WHITE BLACK", "Glide Pro White", "Comet 90 AB1234-100", "Комета 'Red'", "\u2028Glide\0"),
            )
        ),
        "colour_raw": st.sampled_from((None, None, "White/Black", "White / Core Black", "Red", "Reed", "Grey")),
        "style_code": st.sampled_from(
            (None, None, None, "AB1234-100", "ab1234 100", "398846-01", "AB1234-100/CD1234-001", "CD1234-001", "574")
        ),
        "product_key": st.sampled_from((None, None, None, "k1", "k2")),
        "gender": st.sampled_from((None, "men", "women", "kids")),
        "url": st.sampled_from((None, "https://a.example/p/glide-ab1234-100", "https://a.example/p/red")),
        "price": st.sampled_from((None, 0.0, 90.0, 70.0)),
        "currency": st.sampled_from((None, "EUR", "€", "INR", "?")),
    }
)
STOCK = st.lists(MANY_FACTS, min_size=30, max_size=60)
VISITS = st.lists(
    st.tuples(
        st.integers(1, 28),  # clocks go backwards too
        st.dictionaries(st.integers(0, 70), st.one_of(MANY_FACTS, st.sampled_from(("gone", "lost"))), max_size=5),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(
    max_examples=int(os.environ.get("MERGES", "100")),
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
@given(STOCK, VISITS)
def test_whatever_a_visit_changes_the_tables_are_those_of_a_merge_without_memory(tmp_path, stock, visits):
    """A few listings of many change, so that most are not placed anew; a source is imported, and all have two shops."""
    workspace = Workspace(tmp_path / "one")
    shutil.rmtree(workspace.root, ignore_errors=True)
    listings = {}
    for day, changes, merges in [(1, dict(enumerate(stock)), True), *visits]:
        for number, facts in changes.items():
            source, shop, before = "abci"[number % 4], "xy"[number % 8 == 0], listings.get(number)
            if facts == "gone":
                listings |= {number: taken_away(before, on_day(day))} if before else {}
            elif facts == "lost":
                listings.pop(number, None)
            else:
                dated = source != "i"
                listing = Listing(shop=shop, listing_id=f"{number}", fetched_at=on_day(day) if dated else None, **facts)
                listings[number] = continued(listing, before, on_day(day) if dated else None)
        for source in "abci":
            rows = [listings[number] for number in sorted(listings) if "abci"[number % 4] == source]
            write_listings(workspace.source(source) / "listings.jsonl", rows)
        if merges:
            assert merged(workspace) == merged_afresh(workspace, tmp_path / "fresh")
    assert merged(workspace) == merged_afresh(workspace, tmp_path / "fresh")


SHELF = {
    f"{shop}:{number}": {"brand_raw": brand, "title_raw": f"{word} 'White/Black'", "price": 90.0, "currency": "EUR"}
    for shop in "ab"
    for number, (brand, word) in enumerate(
        [("Nike", "Glide"), ("Puma", "Comet 90"), ("Vans", "Boral"), ("Nike", "Cedu")]
    )
}


@pytest.fixture
def workspace(tmp_path):
    """Four shoes in two shops, merged once."""
    workspace = Workspace(tmp_path / "one")
    crawl(workspace, SHELF, 1)
    merge(workspace)
    return workspace


def test_another_crawl_that_finds_the_same_renews_when_offers_were_last_seen(workspace, tmp_path):
    crawl(workspace, SHELF, 2)
    assert merged(workspace) == merged_afresh(workspace, tmp_path / "fresh")
    offers = pd.read_parquet(workspace.offers)
    assert (len(offers), set(offers["first_seen"]), set(offers["last_seen"])) == (8, {on_day(1)}, {on_day(2)})


def test_offers_are_told_one_after_the_other_and_what_is_gone_is_not_sold(workspace):
    shelf = {place: dict(facts) for place, facts in SHELF.items()}
    shelf["a:0"]["price"] = 70.0
    gone = shelf.pop("b:0")
    crawl(workspace, shelf, 2)
    merge(workspace)
    product = pd.read_parquet(workspace.listings).set_index("listing_id").loc["a:0", "product_id"]
    (row,) = pd.read_parquet(workspace.products).set_index("product_id").loc[[product]].to_dict("records")
    assert [dict(offer) for offer in row["offers"]] == [{"shop": "a", "url": None, "price": 70.0, "currency": "EUR"}]
    crawl(workspace, shelf | {"b:0": gone}, 3)
    merge(workspace)
    offers = pd.read_parquet(workspace.offers).set_index("product_id").loc[product]
    days = ["price", "first_seen", "last_seen", "delisted"]
    assert offers.set_index("shop")[days].astype(object).where(lambda cells: cells.notna(), None).values.tolist() == [
        [90.0, on_day(1), on_day(1), None],
        [70.0, on_day(2), on_day(3), None],
        [90.0, on_day(1), on_day(1), on_day(2)],
        [90.0, on_day(3), on_day(3), None],
    ]


def test_a_shoe_that_nobody_sells_any_more_stays_with_its_photos_and_no_offer(workspace):
    before = pd.read_parquet(workspace.products)
    crawl(workspace, {place: facts for place, facts in SHELF.items() if not place.endswith("2")}, 2)
    merge(workspace)
    after = pd.read_parquet(workspace.products)
    assert after["product_id"].tolist() == before["product_id"].tolist()
    assert sorted(after["offers"].str.len()) == [0, 2, 2, 2]
    assert after.loc[after["offers"].str.len() == 0, "brand"].tolist() == ["vans"]
    listings = pd.read_parquet(workspace.listings)
    assert (len(listings), listings["delisted"].notna().sum()) == (8, 2)


def test_a_source_that_is_taken_away_is_gone(workspace, tmp_path):
    shutil.rmtree(workspace.source("a"))
    assert merged(workspace) == merged_afresh(workspace, tmp_path / "fresh")
    assert set(pd.read_parquet(workspace.listings)["source"]) == {"b"}


@pytest.mark.parametrize("damage", ["deleted", "cut", "garbage", "of other rules"])
def test_a_memory_that_is_none_costs_time_and_nothing_else(workspace, damage):
    before, memory = tables(workspace), workspace.merge_memory
    if damage == "deleted":
        memory.unlink()
    elif damage == "of other rules":  # all of it would be wrong
        with pa.OSFile(str(memory)) as file:
            table = pa.ipc.open_file(file).read_all()
        nothing = pa.nulls(len(table), pa.large_string())
        wrong = table.set_column(table.schema.get_field_index("colour"), "colour", nothing)
        wrong = wrong.replace_schema_metadata({"rules": "others"})
        with pa.OSFile(str(memory), "wb") as file, pa.ipc.new_file(file, wrong.schema) as writer:
            writer.write_table(wrong)
    else:
        memory.write_bytes(memory.read_bytes()[: 1000 if damage == "cut" else 0] + b"x" * 50)
    assert merged(workspace) == before


def test_a_line_that_stands_twice_is_refused_with_and_without_a_memory(workspace):
    path = workspace.source("a") / "listings.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0])
    for _ in range(2):
        with pytest.raises(DataError, match=r"listings\.parquet: breaks its contract: .*a:a:0|source.*listing_id"):
            merge(workspace)
        workspace.merge_memory.unlink(missing_ok=True)


@pytest.mark.parametrize("time", ["2026-02-30T00:00:00Z", "2026-01-02T00:00:00", "yesterday", "2026-01-02T24:61:00Z"])
def test_a_time_that_is_none_is_refused_with_and_without_a_memory(workspace, time):
    """Though no more than the time of its fetching has changed of the line."""
    path = workspace.source("a") / "listings.jsonl"
    path.write_bytes(
        path.read_bytes().replace(b'"fetched_at":"2026-01-01T00:00:00Z"', f'"fetched_at":"{time}"'.encode())
    )
    for _ in range(2):
        with pytest.raises(DataError, match=r"a/listings\.jsonl:1: not a listing \(fetched_at"):
            merge(workspace)
        workspace.merge_memory.unlink(missing_ok=True)


def test_times_of_other_zones_are_the_same_moments(workspace, tmp_path):
    path = workspace.source("a") / "listings.jsonl"
    told = path.read_bytes().replace(
        b'"fetched_at":"2026-01-01T00:00:00Z"', b'"fetched_at":"2026-01-03T01:30:00.5+05:30"'
    )
    path.write_bytes(told)
    assert merged(workspace) == merged_afresh(workspace, tmp_path / "fresh")
    seen = set(pd.read_parquet(workspace.offers).query("source == 'a'")["last_seen"])
    assert seen == {pd.Timestamp("2026-01-02T20:00:00.5Z")}


def test_two_merges_at_a_time_are_refused_in_a_line(workspace):
    with (workspace.merge_memory.parent / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SneakersError, match="another process merges in this workspace; wait for it"):
            merge(workspace)


def test_killed_at_any_time_it_leaves_whole_tables_and_the_next_merge_is_as_ever(workspace, tmp_path):
    before = tables(workspace)
    crawl(workspace, SHELF | {"c:1": SHELF["a:0"] | {"price": 80.0}}, 2)
    after = merged_afresh(workspace, tmp_path / "fresh")
    fork = multiprocessing.get_context("fork")
    for seconds in (0.01, 0.03, 0.05, 0.07, 0.1):
        process = fork.Process(target=merge, args=(workspace,))
        process.start()
        process.join(seconds)
        process.kill()
        process.join()
        for name, content in tables(workspace).items():
            if not name.startswith("."):
                assert content in (before[name], after[name])
    assert merged(workspace) == after
    assert {path.name for path in workspace.merge_memory.parent.iterdir()} == {"lock", "memory.arrow"}
