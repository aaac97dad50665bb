from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.networks.photos import Shoe
from sneakers_ml.networks.sampling import Sampler
from tests.networks.builders import colours, known

PHOTO = np.zeros((8, 8, 3), np.uint8)
BUSY, PLAIN = colours(PHOTO), Shoe(PHOTO, np.zeros(4, np.float32), np.zeros((8, 8), np.uint8))


def sampler(photos, *, size=64, true_colours=0.5, seed=0):
    return Sampler(photos, size=size, true_colours=true_colours, seed=seed)


def drawn(photos, batches=200):
    """(batches * 32, 2) photos and their partners."""
    one = sampler(photos)
    return np.concatenate([one[number].rows for number in range(batches)]).reshape(-1, 2)


def test_sources_and_brands_are_drawn_by_square_roots():
    """20 photos of a shop (16 of a brand, 4 of another) and 5 of another shop (4 and 1): sqrt(20) to sqrt(5) is 2 to 1,
    4 to 2 and 2 to 1 are each two thirds to one."""
    photos = known(label=[0] * 16 + [1] * 4 + [0] * 4 + [1], source=[0] * 20 + [1] * 5)
    count = np.bincount(drawn(photos)[:, 0], minlength=25)
    share = count / count.sum()
    np.testing.assert_allclose(
        [share[:16].sum(), share[16:20].sum(), share[20:24].sum(), share[24]], [4 / 9, 2 / 9, 2 / 9, 1 / 9], atol=0.02
    )
    np.testing.assert_allclose(share[:16], 1 / 36, atol=0.01)


def test_a_partner_is_another_photo_of_the_model_and_a_photo_that_has_none_its_own():
    pairs = drawn(known(label=[0] * 6, model=[0, 0, 0, 1, -1, -1]), batches=20)
    partners = {row: set(pairs[pairs[:, 0] == row, 1].tolist()) for row in range(6)}
    assert partners == {0: {1, 2}, 1: {0, 2}, 2: {0, 1}, 3: {3}, 4: {4}, 5: {5}}


@pytest.mark.parametrize(
    "styles",
    [
        {"shoes": [PLAIN, PLAIN, BUSY]},
        {"shoes": [BUSY, BUSY, PLAIN]},
        {"source": [0, 0, 1]},
    ],
)
def test_a_partner_is_most_often_of_another_style(styles):
    """In 6 of 10 draws the one of another style, in the others one of two."""
    pairs = drawn(known(label=[0, 0, 0], model=[0, 0, 0], **styles))
    assert np.mean(pairs[pairs[:, 0] == 0, 1] == 2) == pytest.approx(0.6 + 0.4 / 2, abs=0.03)
    assert np.mean(pairs[pairs[:, 0] == 2, 1] == 0) == pytest.approx(0.5, abs=0.04)


def test_the_kth_batch_is_always_the_same():
    photos = known(label=[0, 1] * 20, model=[0] * 10 + [-1] * 30)
    first, again, other = sampler(photos), sampler(photos), sampler(photos, seed=1)
    again[3], again[8]
    for one, two in zip(first[7], again[7], strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first[7].rows, first[8].rows)
    assert not np.array_equal(first[7].rows, other[7].rows)


def test_a_pair_shares_whether_its_colours_are_true():
    one = sampler(known(label=[0] * 9), size=10, true_colours=0.3)
    flags = np.concatenate([one[number].true_colours for number in range(300)]).reshape(-1, 2)
    assert len(one[0].rows) == len(one[0].true_colours) == 10
    np.testing.assert_array_equal(flags[:, 0], flags[:, 1])
    assert flags.mean() == pytest.approx(0.3, abs=0.04)


def test_some_photos_are_drawn_once_each():
    one = sampler(known(label=[0] * 9 + [1] * 3))
    assert sorted(one.draw(50)) == list(range(12))
    assert len(set(one.draw(5).tolist())) == 5
