from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from sneakers_ml.evaluation.report.html.pictures import Picture, Pictures


def noise(picture):
    """What compresses worst, another one for each photo."""
    return np.random.default_rng(int(picture.photo_id)).integers(0, 256, (256, 200, 3), np.uint8)


def sizes(uris):
    heads = [uri.partition(",") for uri in uris]
    assert {head for head, _, _ in heads} == {"data:image/webp;base64"}
    return [Image.open(io.BytesIO(base64.b64decode(data))).size for _, _, data in heads]


def test_a_photo_has_one_number_and_its_restyled_picture_another():
    pictures = Pictures()
    assert [pictures.tile("1"), pictures.tile("2"), pictures.tile("1"), pictures.tile("1", restyled=True)] == [
        0,
        1,
        0,
        2,
    ]
    loaded = []

    def load(picture):
        loaded.append(picture)
        return noise(picture)

    assert len(pictures.data_uris(load, 10**9)) == 3
    assert loaded == [Picture("1"), Picture("2"), Picture("1", True)]


def test_what_is_on_the_map_alone_is_smaller():
    pictures = Pictures()
    pictures.small(Picture("1"))
    pictures.small(Picture("2"))
    pictures.tile("2")
    assert sizes(pictures.data_uris(noise, 10**9)) == [(75, 96), (150, 192)]


def test_they_shrink_until_they_fit():
    pictures = Pictures()
    for number in range(6):
        pictures.tile(str(number))
    large = pictures.data_uris(noise, 10**9)
    limit = sum(map(len, large)) // 3
    fitting = pictures.data_uris(noise, limit)
    assert sum(map(len, fitting)) <= limit
    assert sizes(fitting)[0] < sizes(large)[0]


@pytest.mark.slow
def test_the_largest_page_stays_below_its_limit():
    """As many photos as a page can show, all of them noise, which no real photo is."""
    pictures = Pictures()
    for number in range(50 + 12 + 30 + 20 * 4 + 20 * 11):
        pictures.tile(str(number))
    for number in range(1000, 1800):
        pictures.small(Picture(str(number)))
    assert sum(map(len, pictures.data_uris(noise, 12_000_000))) <= 12_000_000


def test_the_same_photos_are_the_same_bytes():
    pictures = Pictures()
    pictures.tile("7")
    assert pictures.data_uris(noise, 10**9) == pictures.data_uris(noise, 10**9)


def test_no_photos():
    assert Pictures().data_uris(noise, 1) == []
