"""From a file's bytes to a page of results with their pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.asking import Outcome, ask
from bot.metrics import Metrics
from bot.searches import Search
from sneakers_ml.errors import BadImage, BundleError
from sneakers_ml.images import QUERY_SIDE
from tests.bot.fakes import FakeRecognizer, FakeServing, photo_of

PHOTO = Search(photos=("a",))


def asked(search: Search, *files: bytes, top: int = 4) -> Outcome:
    return ask(FakeServing(), search, files, top, Metrics())


def shown(outcome: Outcome) -> list[int]:
    return [int(photo.removeprefix("photo-")) for photo in outcome.search.shown]


def test_pictures_come_with_their_results() -> None:
    outcome = asked(PHOTO, photo_of("plain"))
    assert shown(outcome) == [1, 2, 3, 4]
    assert all(jpeg == FakeRecognizer().thumbnail(match.photo_id) for match, jpeg in outcome.matches)
    assert outcome.search.brands == ("nike", "dr. martens & co", "adidas")
    assert outcome.search.colours == ("red", "white")


def test_a_missing_picture_takes_its_result_along() -> None:
    assert shown(asked(PHOTO, photo_of("gap"))) == [1, 3, 4]


@pytest.mark.parametrize(
    ("search", "expected", "more"),
    [
        (PHOTO, [1, 2, 3, 4, 5], True),
        (replace(PHOTO, page=1), [6, 7, 8, 9, 10], True),
        (replace(PHOTO, page=2), [11, 12], False),
        (replace(PHOTO, brand="adidas"), [2, 4, 6, 8, 10], True),
        (replace(PHOTO, brand="adidas", page=1), [12], False),
        (replace(PHOTO, colour="red"), [3, 6, 9, 12], False),
        (replace(PHOTO, currency="USD", max_price=330.0), [1, 2, 3], False),
        (replace(PHOTO, currency="USD", min_price=1000.0, max_price=1200.0), [10, 11], False),
        (replace(PHOTO, less=("photo-2", "photo-3")), [1, 4, 5, 6, 7], True),
        (Search(like="photo-3"), [1, 2, 4, 5, 6], True),
        (Search(like="photo-3", page=2), [12], False),
        (Search(words="all"), [1, 2, 3, 4, 5], True),
        (Search(words="7 red"), [7], False),
        (Search(words="none"), [], False),
    ],
)
def test_pages_and_filters(search: Search, expected: list[int], more: bool) -> None:
    outcome = asked(search, photo_of("plain"), top=5)
    assert shown(outcome) == expected
    assert outcome.search.more is more


def test_a_large_photo_is_scaled_down_before_it_is_looked_at() -> None:
    (_, answer), *_ = asked(PHOTO, photo_of("plain", width=3000, height=1500)).answers
    assert (answer.region.right, answer.region.bottom) == (QUERY_SIDE, QUERY_SIDE // 2)


def test_the_region_is_drawn_where_a_part_was_looked_at() -> None:
    assert asked(PHOTO, photo_of("cropped")).region is not None
    assert asked(PHOTO, photo_of("plain")).region is None
    assert asked(replace(PHOTO, page=1), photo_of("cropped")).region is None


def test_an_album_is_interleaved_and_its_bad_photos_are_left_out() -> None:
    outcome = asked(Search(photos=("a", "b", "c")), photo_of("plain"), b"no photo", photo_of("unknown"))
    assert [(place, answer.known) for place, answer in outcome.answers] == [(0, True), (2, False)]
    assert shown(outcome) == [1, 2, 3, 4]


def test_no_photo_at_all_is_refused() -> None:
    with pytest.raises(BadImage):
        asked(PHOTO, b"no photo", b"neither")


def test_a_gallery_photo_of_another_bundle_is_refused() -> None:
    with pytest.raises(BundleError):
        asked(Search(like="gone"))
