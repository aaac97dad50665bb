"""From a file's bytes to an answer with its pictures."""

from __future__ import annotations

import pytest

from bot.answering import recognise
from sneakers_ml.errors import BadImage
from sneakers_ml.images import QUERY_SIDE
from tests.bot.fakes import FakeRecognizer, photo_of


def test_pictures_come_with_their_neighbours() -> None:
    reply = recognise(FakeRecognizer(), photo_of("plain"), 4)
    assert [neighbour.photo_id for neighbour, _ in reply.pictures] == [f"photo-{number}" for number in range(1, 5)]
    assert all(jpeg == FakeRecognizer().thumbnail(neighbour.photo_id) for neighbour, jpeg in reply.pictures)


def test_a_large_photo_is_scaled_down_before_it_is_looked_at() -> None:
    region = recognise(FakeRecognizer(), photo_of("plain", width=3000, height=1500), 2).answer.region
    assert (region.right, region.bottom) == (QUERY_SIDE, QUERY_SIDE // 2)


def test_no_photo_is_refused() -> None:
    with pytest.raises(BadImage):
        recognise(FakeRecognizer(), b"no photo", 4)
