from __future__ import annotations

import numpy as np

from sneakers_ml.features.concat import Concat


class Constant:
    """Gives every photo the same vector."""

    def __init__(self, *vector):
        self.vector = vector
        self.dim = len(vector)

    def transform(self, shoes):
        return np.array([self.vector] * len(shoes), np.float32)


def test_unit_rows_of_the_parts_stand_side_by_side():
    extractor = Concat([Constant(3, 4), Constant(0, 0, 5), Constant(0)])
    vectors = extractor.transform([np.zeros((2, 2, 3), np.uint8)] * 2)
    assert extractor.dim == 6
    assert (vectors.dtype, vectors.flags.c_contiguous) == (np.float32, True)
    np.testing.assert_allclose(vectors, [[0.6, 0.8, 0, 0, 1, 0]] * 2, atol=1e-6)
