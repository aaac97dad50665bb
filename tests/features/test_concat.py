from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.features.concat import Concat, joined_rows


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


@pytest.mark.parametrize(("start", "chunk", "sizes"), [(0, 2, [2, 2, 1]), (3, 2, [2]), (0, 9, [5]), (5, 2, [])])
def test_existing_rows_are_joined_a_chunk_at_a_time(start, chunk, sizes):
    left = np.arange(1, 6, dtype=np.float32)[:, None] * [[3, 4]]
    right = np.full((5, 1), -2, np.float32)
    pieces = list(joined_rows([left.astype(np.float32), right], start, chunk))
    assert [len(piece) for piece in pieces] == sizes
    for piece in pieces:
        assert piece.dtype == np.float32
        np.testing.assert_allclose(piece, [[0.6, 0.8, -1]] * len(piece), atol=1e-6)


@pytest.mark.parametrize("header", [0, 128])
def test_rows_of_a_mapped_file_are_those_of_the_array(tmp_path, header):
    rows = np.random.default_rng(0).random((7, 3), np.float32)
    (tmp_path / "rows").write_bytes(bytes(header) + rows.tobytes())
    mapped = np.memmap(tmp_path / "rows", np.float32, "r", offset=header, shape=(7, 3))
    for start, chunk in ((0, 4), (5, 4), (7, 2)):
        found, expected = (list(joined_rows([part], start, chunk)) for part in (mapped, rows))
        assert len(found) == len(expected)
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)
