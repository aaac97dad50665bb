from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

from sneakers_ml.networks.pixels import served_batches
from sneakers_ml.networks.search import fit_search
from sneakers_ml.networks.validation import validate
from tests.networks.builders import colours, known, small_network, toy_photos

SIDE = 32


@pytest.fixture
def network():
    return small_network()


def own_figures(network, photos, fitted_on):
    """Recall@1 and macro-F1, photo by photo."""
    search = fit_search(network, fitted_on, SIDE)
    with torch.inference_mode():
        rows = search(torch.cat(list(served_batches(photos.shoes, SIDE, network.backbone)))).numpy()
    vectors, logits = rows[:, : search.searched], rows[:, search.searched :]
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -9)
    hits = [
        photos.model[similarity[row].argmax()] == number
        for row, number in enumerate(photos.model)
        if number >= 0 and (photos.model == number).sum() > 1
    ]
    return np.mean(hits), f1_score(photos.label, logits.argmax(axis=1), average="macro")


def test_figures_are_those_of_the_served_network(network):
    noise = np.random.default_rng(0).integers(0, 256, (30, 20, 20, 3), dtype=np.uint8)
    photos = known([0, 1] * 15, model=[0] * 10 + [1] * 20, shoes=[colours(photo) for photo in noise])
    recall, macro_f1 = own_figures(network, photos, photos)
    found = validate(network, network.state_dict(), photos, photos, SIDE)
    assert found == {"macro_f1": pytest.approx(macro_f1), "recall_at_1": pytest.approx(recall)}
    assert 0 < recall < 1


def test_they_are_of_the_weights_told_and_the_network_keeps_its_own(network):
    photos = toy_photos(models=range(2), photos=2)
    own = {name: value.clone() for name, value in network.state_dict().items()}
    other = own | {"brand.weight": own["brand.weight"] * 0, "brand.bias": torch.tensor([0.0, 10.0])}
    network.train()
    # All brisko: half of them right, so F1 is 2/3 of brisko and 0 of arvo.
    assert validate(network, other, photos, photos, SIDE)["macro_f1"] == pytest.approx(1 / 3)
    assert all(torch.equal(own[name], value) for name, value in network.state_dict().items())
    assert not network.training


def test_only_photos_whose_model_is_known_and_seen_again_ask_for_it(network):
    shoes = toy_photos(models=range(1), photos=4).shoes
    fitted_on = toy_photos()
    alone = known([0, 0, 1, 1, 1], model=[3, 3, -1, -1, 7], shoes=shoes[:5])
    found = validate(network, network.state_dict(), fitted_on, alone, SIDE)
    assert found["recall_at_1"] == pytest.approx(own_figures(network, alone, fitted_on)[0])
    nobody = known([0, 1], model=[-1, 2], shoes=shoes[:2])
    assert validate(network, network.state_dict(), nobody, nobody, SIDE)["recall_at_1"] == 0
