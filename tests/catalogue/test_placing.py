"""Placing in blocks, and only what an update touches, gives what `assign` gives of all."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sneakers_ml.catalogue.matching.assignment import assign
from sneakers_ml.catalogue.matching.identity import model_key, product_id
from sneakers_ml.catalogue.matching.links import likeness_links, links, name_link
from sneakers_ml.catalogue.memory import MEMORY, entries_of, entry_text
from sneakers_ml.catalogue.placing import place
from tests.catalogue.matching.builders import listed
from tests.catalogue.matching.test_properties import catalogues


def table_of(entries):
    """The rows of entries that were just cleaned; each text of an entry is the key of its line."""
    keys = [hash(entry_text(entry)).to_bytes(16, "big", signed=True) for entry in entries]
    columns = {
        "key": keys,
        "model": [entry.model for entry in entries],
        "colour": [entry.colour for entry in entries],
        "entry": list(map(entry_text, entries)),
        "brand_key": [entry.brand for entry in entries],
        "model_key": [model_key(entry.brand, entry.model_name) for entry in entries],
        "links": list(map(links, entries)),
        "name_link": list(map(name_link, entries)),
        "likeness_links": list(map(likeness_links, entries)),
    }
    nothing = [None] * len(entries)
    return pa.table({field.name: pa.array(columns.get(field.name, nothing), field.type) for field in MEMORY})


def placed_at_once(entries):
    """What `assign` says of all entries together: place -> product, the listing it joined, score."""
    return {
        entry.place: (
            product_id(at.product),
            None if at.joined is None else ":".join(entries[at.joined].place),
            None if at.joined is None else at.score,
        )
        for entry, at in zip(entries, assign(entries), strict=True)
    }


def decided(table):
    columns = [table[name].to_pylist() for name in ("product_id", "matched_with", "match_score")]
    places = [entry.place for entry in entries_of(table["entry"])]
    return dict(zip(places, zip(*columns, strict=True), strict=True))


def updated(table, entries):
    """The rows of these entries as a merge reads them: those of the table that are the same, then the others."""
    rows = {text: row for row, text in enumerate(table["entry"].to_pylist())}
    known = [row for text, row in rows.items() if text in set(map(entry_text, entries))]
    return pa.concat_tables(
        [table.take(pa.array(known, pa.int64())), table_of([e for e in entries if entry_text(e) not in rows])]
    )


@given(catalogues())
def test_blocks_by_brand_give_what_all_at_once_does(entries):
    table, renewed = place(table_of(entries), MEMORY.empty_table())
    assert decided(table) == placed_at_once(entries)
    assert renewed.all()


@settings(max_examples=80)
@given(catalogues(), catalogues(shops="abxy"), st.data())
def test_an_update_gives_what_a_merge_of_all_does(before, after, data):
    """Some listings stay, others change under their old place, others go or are new."""
    kept = data.draw(st.lists(st.sampled_from(before), unique=True)) if before else []
    places = {entry.place for entry in kept}
    entries = [*kept, *(entry for entry in after if entry.place not in places)]
    old, _ = place(table_of(before), MEMORY.empty_table())
    table, _ = place(updated(old, entries), old, most=2)
    assert decided(table) == placed_at_once(entries)


def shelf(count=40):
    """Shoes that have nothing to do with each other, each in two shops."""
    words = [f"{one}{other}" for one in ("Bora", "Cedu", "Difo", "Guka") for other in "lmnprstvwz"]
    return [
        listed(f"{shop}:{number}", word, "Black/White", brand=("nike", "puma")[number % 2])
        for number, word in enumerate(words[:count])
        for shop in "ab"
    ]


@pytest.fixture(scope="module")
def old():
    return place(table_of(shelf()), MEMORY.empty_table())[0]


class TestWhatIsTouched:
    def renewed(self, old, entries):
        table, renewed = place(updated(old, entries), old, most=1)
        assert decided(table) == placed_at_once(entries)
        return {entries_of(table["entry"].take(pa.array([row])))[0].place for row, new in enumerate(renewed) if new}

    def test_nothing_where_nothing_changed(self, old):
        assert self.renewed(old, shelf()) == set()

    def test_a_new_listing_and_those_it_may_join(self, old):
        new = listed("c:1", "Boral", "Black White", day=2)
        assert self.renewed(old, [*shelf(), new]) == {("c", "1"), ("a", "0"), ("b", "0")}

    def test_those_that_what_is_gone_had_joined(self, old):
        assert self.renewed(old, shelf()[1:]) == {("b", "0")}

    def test_both_sides_of_a_listing_that_is_now_another_shoe(self, old):
        moved = listed("a:0", "Cedul", "Black/White")  # it was Boral, as b:0 is; a:10 and b:10 are puma's
        assert self.renewed(old, [moved, *shelf()[1:]]) == {("a", "0"), ("b", "0"), ("a", "10"), ("b", "10")}


def test_a_code_of_a_listing_without_a_brand_ties_makers_together():
    """b:1 says no maker, so its code may be Nike's; what Nike's other listings may join depends on that."""
    entries = [
        listed("a:1", "Glide", "Black", style_code="AB1234", day=1),
        listed("b:1", "", None, brand="unknown", style_code="AB1234", day=2),
        listed("b:2", "Glide", "Black", day=3),  # b sells the product already, so this is another
        listed("c:1", "Runner", "Blue", brand="puma", day=1),
    ]
    for count in range(1, 5):
        old, _ = place(table_of(entries[:count]), MEMORY.empty_table())
        table, _ = place(updated(old, entries), old, most=2)
        assert decided(table) == placed_at_once(entries)
