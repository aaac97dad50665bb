"""Truth by hand: who belongs together, and who must not."""

from __future__ import annotations

import pytest

from tests.catalogue.matching.builders import groups, listed, placed

PANDA = "White/Black"


class TestStyleCodes:
    def test_join_over_shops_whatever_the_titles_say(self):
        assert groups(
            listed("a:1", "Dunk Low Retro", PANDA, style_code="DD1391100"),
            listed("b:1", "Dunk Panda", style_code="DD1391100"),
            listed("b:2", "Dunk Low Retro", PANDA, style_code="DD1391103"),
        ) == {("a:1", "b:1"), ("b:2",)}

    def test_of_two_brands_are_two_products(self):
        assert len(groups(listed("a:1", style_code="AB1234"), listed("b:1", brand="puma", style_code="AB1234"))) == 2

    def test_of_jordan_and_nike_are_one(self):
        one, other = listed("a:1", brand="jordan", style_code="DM9045100"), listed("b:1", style_code="DM9045100")
        assert groups(one, other) == {("a:1", "b:1")}

    def test_that_are_short_or_plain_numbers_stay_with_their_brand(self):
        assert len(groups(listed("a:1", brand="jordan", style_code="574"), listed("b:1", style_code="574"))) == 2
        assert len(groups(listed("a:1", brand="jordan", style_code="123456"), listed("b:1", style_code="123456"))) == 2

    def test_under_no_brand_join_the_one_brand_that_has_them(self):
        nameless = listed("c:1", brand="unknown", style_code="AB1234")
        puma, vans = (listed(f"{brand}:1", brand=brand, style_code="AB1234") for brand in ("puma", "vans"))
        assert groups(nameless, puma) == {("c:1", "puma:1")}
        assert groups(nameless, puma, vans) == {("c:1",), ("puma:1",), ("vans:1",)}

    def test_under_no_brand_are_taken_over_by_the_first_brand_that_comes(self):
        nameless = listed("c:1", brand="unknown", style_code="AB1234")
        puma = listed("puma:1", brand="puma", style_code="AB1234", day=1)
        vans = listed("vans:1", brand="vans", style_code="AB1234", day=2)
        assert groups(nameless, puma, vans) == {("c:1", "puma:1"), ("vans:1",)}

    def test_that_name_nothing_by_themselves_join_no_two_nameless_shops(self):
        assert len(groups(*(listed(f"{shop}:1", brand="unknown", style_code="574") for shop in "ab"))) == 2

    def test_never_join_though_all_else_is_the_same(self):
        assert len(groups(*(listed(f"{shop}:1", "Dunk", PANDA, style_code=f"AB123{shop}") for shop in "abc"))) == 3

    @pytest.mark.parametrize("days", [(None, None, None), (1, 2, 3), (2, 1, 3)])
    def test_of_one_shoe_join_listings_with_either(self, days):
        """The listing that names both may come first, second, or with the others; others first would be two shoes."""
        both = listed("b:1", "Air Force 1", style_code="CW2288111", other_codes=("AA2288111",), day=days[0])
        new = listed("c:1", "Something", style_code="CW2288111", day=days[1])
        old = listed("a:1", "Else", style_code="AA2288111", day=days[2])
        assert groups(new, both, old) == {("a:1", "b:1", "c:1")}

    def test_of_one_shoe_are_one_in_whichever_order_shops_name_them(self):
        one = listed("a:1", style_code="315122111", other_codes=("CW2288111",))
        other = listed("b:1", style_code="CW2288111", other_codes=("315122111",))
        assert groups(one, other) == {("a:1", "b:1")}

    def test_that_founded_two_products_leave_them_two(self):
        first, second = listed("a:1", style_code="AA1111", day=1), listed("a:2", style_code="BB2222", day=1)
        both = listed("b:1", style_code="BB2222", other_codes=("AA1111",), day=2)
        assert groups(first, second, both) == {("a:1",), ("a:2", "b:1")}


class TestSourcesOwnIds:
    def test_join_listings_of_their_source_alone(self):
        entries = [listed(place, "Left shot", key="7") for place in ("a:1", "a:2", "b:1")]
        assert groups(*entries) == {("a:1", "a:2"), ("b:1",)}

    def test_keep_listings_of_one_source_apart_however_alike_they_are(self):
        assert groups(listed("a:1", "Glide", PANDA, key="7"), listed("a:2", "Glide", PANDA, key="8")) == {
            ("a:1",),
            ("a:2",),
        }

    def test_may_join_another_source_by_likeness(self):
        assert groups(listed("a:1", "Glide", PANDA, key="7"), listed("b:1", "Glide", PANDA)) == {("a:1", "b:1")}


class TestTitles:
    def test_join_the_same_model_and_colour_in_other_words(self):
        found = placed(
            listed("a:1", "Glide Pro", "Core Black/Ftw White", style_code="AR1063100"),
            listed("b:1", "GLIDE PRO", "Black/White"),
            listed("c:1", "Glide Pro", "Black White"),
        )
        assert {placement.product for placement in found.values()} == {("style", "nike", "AR1063100")}
        assert [found[place].joined for place in ("a:1", "b:1", "c:1")] == [None, 0, 0]
        # 1.3 + 1.3 against 1 + 1: 200 * 2 / 4.6 less 2 is 84.957, and the models' 100
        assert found["b:1"].score == pytest.approx((100 + 400 / 4.6 - 2) / 2)
        assert found["b:1"] == found["c:1"]  # whose words are the very same
        assert not found["b:1"].exact

    @pytest.mark.parametrize(
        "change", [{"brand": "puma"}, {"age": "kids"}, {"collaborators": ("Hello Kitty",)}, {"model": "Glide Pro 2"}]
    )
    def test_join_no_other_brand_age_collaboration_or_number(self, change):
        one = {"model": "Glide Pro", "colour": PANDA}
        assert len(groups(listed("a:1", **one), listed("b:1", **(one | change)))) == 2

    def test_join_collaborations_whatever_the_order_and_the_signs(self):
        names = (("Wales Bonner", "P.A.M."), ("PAM", "wales bonner"))
        assert len(groups(*(listed(f"{n}:1", "Samba", PANDA, collaborators=names[n]) for n in (0, 1)))) == 1

    def test_that_tell_no_model_or_no_colour_join_only_the_very_same_title(self):
        assert groups(
            listed("a:1", "Glide"),
            listed("b:1", "Glide"),
            listed("c:1", "Glide", title="Another Glide"),
            listed("d:1", "Casual Shoes", "Blue"),
            listed("e:1", "Casual Shoes", "Blue", title="Men Casual Shoes"),
        ) == {("a:1", "b:1"), ("c:1",), ("d:1",), ("e:1",)}

    def test_that_tell_no_colour_are_a_product_each_where_a_shop_has_them_twice(self):
        assert len(groups(*(listed(f"a:{number}", "Glide") for number in range(3)))) == 3
        assert len(groups(listed("a:1", "Glide"), listed("a:2", "Glide"), listed("b:1", "Glide"))) == 3
        assert len(groups(listed("a:1", "Glide"), listed("b:1", "Glide"), listed("b:2", "Glide"))) == 3

    def test_that_tell_no_colour_join_though_one_shop_states_the_style_code(self):
        coded = listed("a:1", "Glide", style_code="AB1234")
        assert groups(coded, listed("b:1", "Glide")) == {("a:1", "b:1")}
        assert groups(listed("b:1", "Glide", day=1), coded._replace(seen=2.0)) == {("b:1", "a:1")[::-1]}
        assert len(groups(coded, listed("a:2", "Glide", style_code="AB1235"), listed("b:1", "Glide"))) == 3
        assert len(groups(coded, listed("c:1", "Glide", style_code="AB1235"), listed("b:1", "Glide"))) == 3

    def test_that_say_the_same_join_wherever_the_colour_is_taken_to_begin(self):
        one = listed("a:1", "Glide", "Tokyo Pack", title="Glide Tokyo Pack")
        other = listed("b:1", "GLIDE TOKYO", title="GLIDE - TOKYO PACK")
        assert groups(one, other) == {("a:1", "b:1")}
        assert placed(one, other)["a:1"].by_title  # the same moment: the key decides which came first
        assert len(groups(one, other, listed("b:2", "Glide Tokyo-Pack"))) == 3

    def test_that_say_the_same_join_no_two_colours_that_stand_beside_them(self):
        assert (
            len(
                groups(
                    *(
                        listed(f"{shop}:1", "Glide", colour, title="Glide")
                        for shop, colour in (("a", "Red"), ("b", "Blue"))
                    )
                )
            )
            == 2
        )
        shops = [listed("a:1", "Glide"), listed("b:1", "Glide", "Red", title="Glide", day=1)]
        assert len(groups(*shops, listed("c:1", "Glide", "Blue", title="Glide", day=2))) == 2

    @pytest.mark.parametrize(
        ("one", "other"),
        [({"gender": "men"}, {"gender": "women"}), ({"age": "kids"}, {}), ({"brand": "puma"}, {})],
    )
    def test_that_say_the_same_join_no_other_gender_age_or_brand(self, one, other):
        assert (
            len(groups(listed("a:1", "Glide", title="Glide", **one), listed("b:1", "Glide", title="Glide", **other)))
            == 2
        )

    def test_of_two_shops_of_one_source_are_two_shops(self):
        pages = [listed("a:1", "Glide"), listed("a:2", "Glide")]
        assert len(groups(*pages)) == 2
        assert len(groups(pages[0], pages[1]._replace(shop="another"))) == 1

    def test_of_no_brand_join_only_the_very_same_title(self):
        assert groups(*(listed(f"{shop}:1", "Glide", PANDA, brand="unknown") for shop in "ab")) == {("a:1", "b:1")}
        assert len(groups(listed("a:1", "Glide", PANDA, brand="unknown"), listed("b:1", "Glide", PANDA))) == 2

    def test_that_count_photos_name_no_model_and_join_nothing(self):
        counted = [listed(f"{shop}:1", "nike11", colour, title="nike11") for shop in "abc" for colour in (None, PANDA)]
        assert len(placed(*counted[::2])) == len(groups(*counted[::2])) == 3
        assert len(groups(*counted[1::2])) == 3
        assert {entry.model_name for entry in counted} == {""}

    def test_of_nothing_join_nothing(self):
        assert len(groups(listed("a:1"), listed("a:2"), listed("b:1"))) == 3

    def test_of_one_shop_join_only_when_model_and_colour_are_the_same(self):
        assert groups(
            listed("a:1", "Glide Pro", PANDA),
            listed("a:2", "GLIDE PRO", "white black"),
            listed("a:3", "Glide Pro", "White/Core Black"),
        ) == {("a:1", "a:2"), ("a:3",)}

    def test_join_the_most_alike_of_several(self):
        assert groups(
            listed("a:1", "Glide", "White/Black/Gum", style_code="AA1111"),
            listed("a:2", "Glide", "White/Black/Gum/Red", style_code="AA2222"),
            listed("b:1", "Glide", "White/Core Black/Gum"),
        ) == {("a:1", "b:1"), ("a:2",)}

    def test_join_neither_of_two_style_codes_that_are_equally_alike(self):
        found = placed(
            listed("a:1", "Glide", PANDA, style_code="AA1111"),
            listed("a:2", "Glide", PANDA, style_code="AA2222"),
            listed("b:1", "Glide", PANDA),
        )
        assert found["b:1"].joined is None
        assert found["b:1"].rivals

    def test_join_the_one_for_the_same_gender(self):
        assert groups(
            listed("a:1", "Glide", PANDA, style_code="AA1111", gender="women"),
            listed("a:2", "Glide", PANDA, style_code="AA2222", gender="men"),
            listed("b:1", "Glide", PANDA, gender="men"),
        ) == {("a:1",), ("a:2", "b:1")}

    def test_give_each_of_two_alike_listings_of_a_shop_its_own_product(self):
        """Both are alike to both; the closer pair joins first, the other listing then takes what is left."""
        assert groups(
            listed("a:1", "Glide", "White/Black/Gum", style_code="AA1111"),
            listed("a:2", "Glide", "White/Black/Gum/Red", style_code="AA2222"),
            listed("b:1", "Glide", "White/Black/Core Gum"),
            listed("b:2", "Glide", "White/Black/Gum/Core"),
        ) in ({("a:1", "b:1"), ("a:2", "b:2")}, {("a:1", "b:2"), ("a:2", "b:1")})

    def test_make_no_chain(self):
        """Each is alike to the next: of four colours three are shared in order. The ends share two."""
        first, second, third = "White/Black/Gum/Red", "White/Black/Gum/Red/Tan", "White/Black/Gum/Red/Tan/Plum/Rose"
        both = groups(listed("a:1", "Glide", first), listed("b:1", "Glide", second), listed("c:1", "Glide", third))
        assert groups(listed("a:1", "Glide", first), listed("b:1", "Glide", second)) == {("a:1", "b:1")}
        assert groups(listed("b:1", "Glide", second), listed("c:1", "Glide", third)) == {("b:1", "c:1")}
        assert both == {("a:1", "b:1"), ("c:1",)}

    def test_join_the_closer_of_two_listings_of_a_shop(self):
        """The farther one's key comes first in order."""
        assert groups(
            listed("a:1", "Glide", "White/Black/Gum", style_code="AA1111"),
            listed("b:1", "Glide", "Core White/Core Black/Gum"),
            listed("b:2", "Glide", "White/Black/Core Gum"),
        ) == {("a:1", "b:2"), ("b:1",)}


class TestTime:
    def test_a_product_is_named_after_what_was_seen_first(self):
        codeless, coded = (
            listed("a:1", "Glide", PANDA, day=1),
            listed("b:1", "Glide", PANDA, style_code="AA1111", day=2),
        )
        found = placed(codeless, coded)
        assert {placement.product for placement in found.values()} == {codeless.key}
        assert found["b:1"].score == 100
        assert not found["b:1"].exact

    def test_what_is_not_dated_came_before_everything(self):
        old, new = listed("b:1", "Glide", PANDA), listed("a:1", "Glide", PANDA, style_code="AA1111", day=1)
        assert {placement.product for placement in placed(new, old).values()} == {old.key}

    def test_at_the_same_time_a_style_code_comes_first(self):
        codeless, coded = (
            listed("a:1", "Glide", PANDA, day=1),
            listed("b:1", "Glide", PANDA, style_code="AA1111", day=1),
        )
        assert {placement.product for placement in placed(codeless, coded).values()} == {coded.key}

    def test_a_product_that_took_a_style_code_takes_no_second(self):
        first = listed("a:1", "Glide", PANDA, day=1)
        coded = [listed(f"{shop}:1", "Glide", PANDA, style_code=f"AA111{shop}", day=2) for shop in "bc"]
        assert groups(first, *coded) == {("a:1", "b:1"), ("c:1",)}

    def test_what_came_later_does_not_stand_in_the_way_of_what_came_before(self):
        """a:2 has the key of b:1's product, but when c:1 of the same shop came, it was not yet there."""
        coded = listed("b:1", "Glide", PANDA, style_code="AA1111", day=1)
        alike = listed("a:1", "Glide", "White/Core Black", day=2)
        later = listed("a:2", "Other words", style_code="AA1111", day=3)
        assert groups(coded, alike, later) == {("a:1", "a:2", "b:1")}
        assert placed(coded, alike, later)["a:1"] == placed(coded, alike)["a:1"]

    def test_a_listing_seen_later_joins_its_unit_wherever_that_went(self):
        found = placed(
            listed("b:1", "Glide", PANDA, style_code="AA1111", day=1),
            listed("a:1", "Glide", "White/Core Black", day=1),
            listed("c:1", "glide", "White Core Black", day=2),
        )
        assert found["c:1"].product == ("style", "nike", "AA1111")
        assert (found["c:1"].joined, found["c:1"].exact) == (1, True)

    def test_what_joined_by_likeness_draws_nothing_after_it(self):
        first, second, third = "White/Black/Gum/Red", "White/Black/Gum/Red/Tan", "White/Black/Gum/Red/Tan/Plum/Rose"
        entries = [listed(f"{day}:1", "Glide", colour, day=day) for day, colour in enumerate([first, second, third], 1)]
        assert groups(*entries) == {("1:1", "2:1"), ("3:1",)}
