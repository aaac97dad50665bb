from __future__ import annotations

from sneakers_ml.catalogue.matching.identity import model_ids, product_brands, product_id


def test_a_product_id_is_sixteen_digits_of_its_key():
    assert product_id(("style", "puma", "39884601")) == "3a93a2e53f75402d"  # printf 'style\0puma\039884601' | sha1sum


def test_models_that_share_a_product_are_one_over_any_number_of_steps():
    """Products 1 and 2 share b, 2 and 3 share c; d stands apart, and so does what names nothing."""
    ids = model_ids("1122334455", ["puma"] * 10, [*"abbccbdd", "", ""])
    assert len(set(ids[:6])) == 1
    assert len(set(ids)) == 3
    assert ids[8:] == ["5", "5"]  # the product's own


def test_the_joined_models_id_is_one_of_theirs_whatever_the_order():
    forth = model_ids("112", ["puma"] * 3, ["a", "b", "c"])
    back = model_ids("211", ["puma"] * 3, ["c", "b", "a"])
    assert set(forth) == set(back)
    assert forth[0] in {model_ids("1", ["puma"], [name])[0] for name in "ab"}


def test_what_names_nothing_takes_its_products_model():
    assert len(set(model_ids("11", ["puma"] * 2, ["a", ""]))) == 1


def test_another_brands_model_is_another():
    assert len(set(model_ids("12", ["puma", "vans"], ["a", "a"]))) == 2


def test_a_product_has_one_brand():
    assert product_brands("1122333", ["nike", "jordan", "unknown", "vans", "unknown", "nike", "jordan"]) == [
        *("jordan", "jordan", "vans", "vans"),
        *("jordan", "jordan", "jordan"),
    ]
