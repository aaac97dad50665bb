"""What holds for every catalogue, tried on drawn ones: few words and codes, so that much is alike."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.matching.builders import listed, placed

SHOPS = "abc"
MODELS = (
    "Glide",
    "Glide Pro",
    "Glide Low",
    "Glide Retro",
    "Glyde Pro",
    "GlidePro",
    "Glide White",
    "Glide 2",
    "Shoes",
    "",
)
COLOURS = ("White/Black", "White/Core Black", "White Black Gum", "Black", "Ivory/Red", "Cream/Scarlet", "2", None)
CODES = (None, None, None, "AB1234", "AB1235", "CD5678", "574")
DAYS = (None, 1, 2, 3)
LATER = 9

FACTS = st.fixed_dictionaries(
    {
        "model": st.sampled_from(MODELS),
        "colour": st.sampled_from(COLOURS),
        "brand": st.sampled_from(("nike", "nike", "jordan", "puma", "unknown")),
        "style_code": st.sampled_from(CODES),
        "gender": st.sampled_from((None, "men", "women")),
        "age": st.sampled_from((None, None, None, "kids")),
        "collaborators": st.sampled_from(((), (), (), ("Patta",))),
        "key": st.sampled_from((None, None, None, "7", "8")),
    }
)


def catalogues(shops=SHOPS, days=DAYS):
    """Listings of some shops, each shop's numbered."""
    row = st.tuples(st.sampled_from(shops), st.sampled_from(days), FACTS)
    return st.lists(row, max_size=14).map(
        lambda rows: [listed(f"{shop}:{number}", day=day, **facts) for number, (shop, day, facts) in enumerate(rows)]
    )


def named(entries):
    """`shop:id` -> all that was decided of it, without row numbers."""
    found = placed(*entries)
    return {
        place: (at.product, None if at.joined is None else entries[at.joined].place, at.score, at.exact, at.rivals)
        for place, at in found.items()
    }


@given(catalogues(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(entries, random):
    shuffled = random.sample(entries, len(entries))
    assert named(shuffled) == named(entries)


@given(catalogues(), catalogues(shops="xy", days=(LATER, LATER + 1)))
def test_what_is_seen_later_changes_nothing_that_was_decided(old, new):
    before, after = named(old), named([*new, *old])
    assert {place: after[place] for place in before} == before


@given(catalogues())
def test_no_product_holds_two_style_codes(entries):
    codes = defaultdict(set)
    for entry, at in zip(entries, placed(*entries).values(), strict=True):
        codes[at.product] |= {entry.code} - {None}
    assert all(len(held) <= 1 for held in codes.values())


@given(catalogues())
def test_every_product_has_one_founder_to_which_all_lead(entries):
    found = list(placed(*entries).values())
    assert len(found) == len(entries)
    founders = [at.product for at in found if at.joined is None]
    assert len(set(founders)) == len(founders)
    assert set(founders) == {at.product for at in found}
    for number, at in enumerate(found):
        path = [number]
        while (before := found[path[-1]].joined) is not None:
            assert found[before].product == at.product
            assert before not in path
            path.append(before)


@given(catalogues())
def test_no_shop_has_a_page_without_a_colour_in_a_product_of_another_of_its_pages(entries):
    pages = defaultdict(list)
    for entry, at in zip(entries, placed(*entries).values(), strict=True):
        pages[entry.source, at.product].append(entry)
    for members in pages.values():
        assert len(members) == 1 or not any(entry.key[0] == "listing" for entry in members)


@given(catalogues())
def test_what_has_the_same_key_is_one_product(entries):
    products = defaultdict(set)
    for entry, at in zip(entries, placed(*entries).values(), strict=True):
        products[entry.key].add(at.product)
    assert all(len(held) == 1 for held in products.values())


@given(catalogues())
def test_likeness_never_joins_what_must_not_be_joined(entries):
    for entry, at in zip(entries, placed(*entries).values(), strict=True):
        if at.joined is not None and not at.exact:
            other = entries[at.joined]
            assert entry.source != other.source
            if at.by_title:
                assert entry.wording == other.wording
                assert at.score == 100
            else:
                assert entry.profile.bucket == other.profile.bucket
                assert at.score >= 88
