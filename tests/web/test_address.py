from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sneakers_ml.images import Region
from sneakers_ml.serving.steering import Steering
from sneakers_ml.web.address import Address, Box

GALLERY = ("aa", "bb", "cc")


def test_an_empty_address_asks_nothing():
    assert Address.parse({}, GALLERY) == Address(1, None, None, Steering(), None)


def test_what_it_holds_is_read():
    params = {
        "page": ["3"],
        "like": ["aa"],
        "sample": ["bb"],
        "more": ["aa", "cc"],
        "less": ["bb"],
        "part": ["10-20-90-80"],
    }
    assert Address.parse(params, GALLERY) == Address(
        3, "aa", "bb", Steering(("aa", "cc"), ("bb",)), Box(10, 20, 90, 80)
    )


def test_photos_that_the_gallery_lacks_and_repeated_ones_are_left_out():
    params = {"like": ["zz"], "sample": [""], "more": ["zz", "aa", "aa"], "less": ["../bb"]}
    assert Address.parse(params, GALLERY) == Address(steering=Steering(("aa",), ()))


@pytest.mark.parametrize(
    ("text", "page"), [("2", 2), ("0", 1), ("-1", 1), ("", 1), ("1e3", 1), ("٣", 1), ("9" * 5000, 1), ("9999", 1000)]
)
def test_pages_are_numbers_from_one(text, page):
    assert Address.parse({"page": [text]}, GALLERY).page == page


@pytest.mark.parametrize(
    "text", ["", "1-2-3", "0-0-101-50", "50-0-40-100", "0-0-4-100", "0-0-x-9", "-1-0-50-50", "0-0-50-50-"]
)
def test_a_part_that_is_none_is_left_out(text):
    assert Address.parse({"part": [text]}, GALLERY).part is None


@given(
    st.dictionaries(
        st.sampled_from(["page", "like", "sample", "more", "less", "part"]), st.lists(st.text(), max_size=3)
    )
)
def test_whatever_is_written_there_is_read_without_a_crash(params):
    found = Address.parse(params, GALLERY)
    assert 1 <= found.page <= 1000


def test_a_box_goes_into_the_address_and_back():
    assert Box.parse(str(Box(10, 20, 90, 80))) == Box(10, 20, 90, 80)


def test_a_box_is_a_region_in_pixels():
    assert Box(10, 20, 90, 80).region(200, 50) == Region(20, 10, 180, 40)
    assert Box.around(Region(20, 10, 180, 40), 200, 50) == Box(10, 20, 90, 80)


@given(st.integers(16, 1024), st.integers(16, 1024), st.data())
def test_the_box_around_a_region_holds_it(width, height, data):
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    region = Region(left, top, data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height)))
    around = Box.around(region, width, height).region(width, height)
    assert around.left <= region.left < region.right <= around.right <= width
    assert around.top <= region.top < region.bottom <= around.bottom <= height


@given(*[st.integers(0, 100)] * 4)
def test_sliders_always_give_a_box_that_can_be_read_again(first, second, third, fourth):
    box = Box.widened(min(first, second), min(third, fourth), max(first, second), max(third, fourth))
    assert Box.parse(str(box)) == box
