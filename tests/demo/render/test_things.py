from __future__ import annotations

import numpy as np
import pytest

from demo.render.seeded import rng_for
from demo.render.things import KINDS, thing_photo


@pytest.mark.parametrize("kind", KINDS.names())
def test_a_kind_is_drawn_the_same_by_a_seed_and_never_twice_alike(kind):
    first, again, other = (thing_photo(kind, rng_for(seed, "thing", kind)) for seed in (7, 7, 8))
    assert first.dtype == np.uint8
    assert first.ndim == 3
    assert min(first.shape[:2]) >= 360
    assert first.shape[2] == 3
    assert (first == again).all()
    assert first.shape != other.shape or np.abs(first.astype(int) - other).mean() > 2
    assert first.std() > 8  # there is something to see


def test_noise_has_the_spectrum_of_photographs():
    """Power falls with the frequency, by a factor between f^-1.2 and f^-4.4 as drawn; white noise stays level."""
    for seed in range(5):
        photo = thing_photo("noise", rng_for(seed, "spectrum")).mean(axis=2)
        power = np.abs(np.fft.fft2(photo - photo.mean())) ** 2
        frequency = np.hypot(
            *np.meshgrid(np.fft.fftfreq(photo.shape[0]), np.fft.fftfreq(photo.shape[1]), indexing="ij")
        )
        low, high = (power[(frequency > f) & (frequency < 1.5 * f)].mean() for f in (0.01, 0.1))
        assert low > 5 * high
