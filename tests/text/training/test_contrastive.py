from __future__ import annotations

import numpy as np
import pytest
import torch

from sneakers_ml.text.tower import gram_ids
from sneakers_ml.text.training.captions import Captions
from sneakers_ml.text.training.contrastive import contrastive_loss, train_towers
from tests.text.builders import BLUE, RED, products_of, small_lexicon, toy_params

TITLES = ("Nike: Tidal", "Nike: Zoom", "Puma: Suede", "Vans: Era", "Asics: Gel")
PRODUCTS = products_of(*TITLES)
CAPTIONS = Captions(PRODUCTS, [title.replace(":", "") for title in TITLES], small_lexicon())
OWNERS = np.repeat(np.arange(5), 4)
WEIGHTS = np.ones(20)
SIZES = {"hidden": 16, "dim": 16, "dropout": 0.2}
PARAMS = toy_params(**SIZES)


def photos(seed=0):
    """(20, 9): four of each product, a one at its place, noise all over; the last two numbers are left to colours."""
    rows = np.random.default_rng(seed).normal(0, 0.1, (20, 9)).astype(np.float32)
    rows[np.arange(20), OWNERS] += 1
    return rows


def texts_of(tower, *texts):
    with torch.inference_mode():
        return tower(torch.from_numpy(gram_ids(texts))).numpy()


def rows_of(head, rows):
    with torch.inference_mode():
        return head(torch.from_numpy(rows)).numpy()


@pytest.fixture(scope="module")
def trained():
    return train_towers(photos(), OWNERS, [()] * 20, WEIGHTS, CAPTIONS, PARAMS)


def test_the_loss_by_hand():
    """Two texts and two photos; the first text is true of both photos, the second of the second alone."""
    likely = torch.tensor([[np.log(3.0), 0.0], [0.0, 0.0]], dtype=torch.float64)
    true = torch.tensor([[1.0, 1.0], [0.0, 1.0]], dtype=torch.float64)
    # Of the first text the photos have 3/4 and 1/4, of the second 1/2 each; of the first photo the texts have 3/4 and
    # 1/4, of the second 1/2 each.
    texts = [-(np.log(3 / 4) + np.log(1 / 4)) / 2, -np.log(1 / 2)]
    photos_ = [-np.log(3 / 4), -(np.log(1 / 2) + np.log(1 / 2)) / 2]
    assert contrastive_loss(likely, true).item() == pytest.approx((np.mean(texts) + np.mean(photos_)) / 2)


def test_titles_come_to_lie_by_the_photos_of_their_products(trained):
    tower, head = trained
    similarity = texts_of(tower, *map(CAPTIONS.title, range(5))) @ rows_of(head, photos(seed=1)).T
    assert OWNERS[similarity.argmax(axis=1)].tolist() == [0, 1, 2, 3, 4]
    assert similarity.argmax(axis=0).tolist() == OWNERS.tolist()


def test_a_brand_lies_by_all_that_it_makes(trained):
    tower, head = trained
    similarity = (texts_of(tower, ["nike"]) @ rows_of(head, photos(seed=1)).T)[0]
    assert set(np.argsort(-similarity)[:8].tolist()) == set(range(8))


def test_photos_that_a_caption_is_true_of_are_not_pushed_away():
    """Another shop calls Puma's Suede a Nike Tidal, which no caption of it says."""
    captions = Captions(
        PRODUCTS, ["Nike Tidal", "x", "Puma Suede nike tidal", "Vans Era", "Asics Gel"], small_lexicon()
    )
    tower, head = train_towers(photos(), OWNERS, [()] * 20, WEIGHTS, captions, toy_params(hidden=16, dim=16, batch=20))
    similarity = (texts_of(tower, ["nike", "tidal"]) @ rows_of(head, photos(seed=1)).T).reshape(5, 4).mean(axis=1)
    assert similarity[2] > similarity[[3, 4]].max() + 0.3


def test_colours_that_were_measured_are_learnt():
    """Photos of one product in two colours, whose title names none."""
    rows = np.random.default_rng(0).normal(0, 0.1, (12, 2)).astype(np.float32)
    rows[np.arange(12), np.arange(12) % 2] += 1
    seen = [(BLUE,), (RED,)] * 6
    tower, head = train_towers(rows, np.zeros(12, int), seen, np.ones(12), CAPTIONS, PARAMS)
    similarity = texts_of(tower, ["blue", "=blue"], ["red", "=red"]) @ rows_of(head, rows).T
    assert similarity.argmax(axis=0).tolist() == [0, 1] * 6


def test_the_same_seed_gives_the_same_numbers_and_another_others(trained):
    same, other = (
        train_towers(photos(), OWNERS, [()] * 20, WEIGHTS, CAPTIONS, params)
        for params in (PARAMS, toy_params(seed=1, **SIZES))
    )
    for network, again, another in zip(trained, same, other, strict=True):
        weights, equal = network.state_dict(), again.state_dict()
        assert all(torch.equal(weights[name], equal[name]) for name in weights)
        assert not torch.equal(next(network.parameters()), next(another.parameters()))


def test_what_comes_back_drops_nothing(trained):
    _, head = trained
    np.testing.assert_array_equal(rows_of(head, photos()), rows_of(head, photos()))


@pytest.mark.parametrize(
    ("count", "epochs", "batch", "steps"),
    [
        (20, 50, 4, 250),  # 50 times 20 photos in batches of 4
        (2, 18, 256, 200),  # at least, of batches of all photos at most
    ],
)
def test_it_tells_how_far_it_is(count, epochs, batch, steps):
    told, params = [], toy_params(epochs=epochs, batch=batch)
    _, head = train_towers(
        photos()[:count], OWNERS[:count], [()] * count, WEIGHTS[:count], CAPTIONS, params, lambda *one: told.append(one)
    )
    assert told == [(step, steps) for step in range(1, steps + 1)]
    assert np.isfinite(rows_of(head, photos())).all()


def test_products_whose_names_are_words_to_ignore_do_not_stop_it():
    captions = Captions(products_of("The: Shoes"), ["The Shoes"], small_lexicon())
    tower, head = train_towers(photos(), np.zeros(20, int), [()] * 20, WEIGHTS, captions, toy_params(batch=2))
    assert np.isfinite(texts_of(tower, ["nike"])).all()
    assert np.isfinite(rows_of(head, photos())).all()
