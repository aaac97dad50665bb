from __future__ import annotations

from math import cos, exp, log, radians, sin

import pytest
import torch

from sneakers_ml.networks.losses.arcface import ArcFace, ArcFaceParams
from sneakers_ml.networks.objective import Pairs


def at(*degrees):
    return torch.tensor([[cos(radians(one)), sin(radians(one))] for one in degrees])


def value(degrees, numbers, stand, **settings):
    """Of photos at these angles and of these models, against centres at angles too, a model's beside each other."""
    count = len(stand) // settings.get("centres", 1)
    loss = ArcFace(ArcFaceParams(**({"centres": 1} | settings)), 2, count)
    loss.loss.W.data = at(*stand).T
    vectors, masks = at(*degrees), torch.zeros(len(degrees), len(degrees), dtype=torch.bool)
    return loss(Pairs(vectors, vectors, masks, masks, torch.tensor(numbers))).item()


def test_the_own_centre_is_moved_away_by_the_margin():
    """A photo 40 degrees from its centre and 50 from the other is taken for one 70 degrees away."""
    own, other = exp(10 * cos(radians(40 + 30))), exp(10 * cos(radians(50)))
    assert value([40], [0], [0, 90], margin=30, scale=10) == pytest.approx(-log(own / (own + other)), rel=1e-4)


def test_the_nearest_of_a_models_centres_counts():
    own, other = exp(10 * cos(radians(20 + 30))), exp(10 * cos(radians(70)))
    found = value([160], [0], [0, 180, 90, 270], margin=30, scale=10, centres=2)
    assert found == pytest.approx(-log(own / (own + other)), rel=1e-4)


def test_a_photo_of_no_known_model_has_no_say():
    alone = value([40], [0], [0, 90], margin=30, scale=10)
    assert value([40, 17], [0, -1], [0, 90], margin=30, scale=10) == pytest.approx(alone, rel=1e-6)
    assert value([40, 17], [-1, -1], [0, 90]) == 0
