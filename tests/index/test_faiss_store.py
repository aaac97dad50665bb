from __future__ import annotations

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.index.faiss_store import CODECS, FaissStore

DIM = 24


def unit(seed, count, dim=DIM):
    rows = np.random.default_rng(seed).normal(size=(count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def at(*degrees):
    """Unit vectors of the plane at these angles; the inner product of two is the cosine of the angle between."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def store_of(ids, vectors, codec="flat"):
    store = FaissStore.create(vectors.shape[1], codec)
    store.add(np.asarray(ids, np.int64), vectors)
    return store


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 200), k=st.integers(1, 12), few=st.booleans())
def test_flat_is_the_exact_search_of_numpy(seed, count, k, few):
    ids = np.random.default_rng(seed).choice(2**62, count, replace=False)
    vectors, queries = unit(seed, count), unit(seed + 1, 3)
    allowed = ids[::3] if few else None
    scores, found = store_of(ids, vectors).search(queries, k, allowed)
    shown = np.isin(ids, allowed) if few else np.ones(count, bool)
    expected = queries.astype(np.float64) @ vectors[shown].T.astype(np.float64)
    order = np.argsort(-expected, axis=1)[:, :k]
    width = order.shape[1]
    assert np.array_equal(found[:, :width], ids[shown][order])
    assert (found[:, width:] == -1).all()
    np.testing.assert_allclose(scores[:, :width], np.take_along_axis(expected, order, axis=1), atol=1e-6)


def test_fp16_is_within_a_thousandth():
    vectors, queries = unit(1, 500, 1280), unit(2, 8, 1280)
    scores, ids = store_of(range(500), vectors, "fp16").search(queries, 500)
    exact = np.take_along_axis(queries @ vectors.T, ids, axis=1)
    np.testing.assert_allclose(scores, exact, atol=1e-3)
    assert (np.sort(ids, axis=1) == np.arange(500)).all()


@pytest.mark.parametrize("codec", CODECS)
class TestAddAndRemove:
    def test_what_is_added_is_found_and_what_is_removed_is_not(self, codec):
        store = store_of([10, 20, 30], at(0, 40, 80), codec)
        store.add(np.array([40]), at(10))
        scores, ids = store.search(at(8), 2)
        assert ids.tolist() == [[40, 10]]
        np.testing.assert_allclose(scores, np.cos(np.radians([[2, 8]])), atol=1e-3)
        assert store.remove(np.array([40, 999])) == 1
        assert len(store) == 3
        assert store.search(at(8), 3)[1].tolist() == [[10, 20, 30]]

    def test_a_removed_id_can_come_back_elsewhere(self, codec):
        store = store_of([1, 2], at(0, 90), codec)
        store.remove(np.array([1]))
        store.add(np.array([1]), at(80))
        assert store.search(at(85, 79), 1)[1].tolist() in ([[2], [1]], [[1], [1]])
        assert store.search(at(0), 2)[1].tolist() == [[1, 2]]

    def test_duplicates_are_refused_and_nothing_is_added(self, codec):
        store = store_of([1, 2], at(0, 90), codec)
        for ids in ([2, 3], [3, 3]):
            with pytest.raises(DataError, match="there already"):
                store.add(np.array(ids), at(10, 20))
        assert len(store) == 2

    @pytest.mark.parametrize(
        "rows", [[[0.5, 0.5]], [[0.0, 0.0]], [[np.nan, 1.0]], [[np.inf, 0.0]]], ids=["short", "zero", "nan", "inf"]
    )
    def test_rows_that_are_not_of_unit_length_are_refused(self, codec, rows):
        store = FaissStore.create(2, codec)
        with pytest.raises(DataError, match="unit length"):
            store.add(np.array([1]), np.array(rows, np.float32))
        assert len(store) == 0

    @pytest.mark.parametrize("shape", [(2, 3), (1, 2), (2,), (3, 2)])
    def test_rows_of_another_shape_are_refused(self, codec, shape):
        with pytest.raises(DataError, match="shape"):
            FaissStore.create(2, codec).add(np.array([1, 2]), np.ones(shape, np.float32))

    def test_an_empty_store_finds_nothing(self, codec):
        store = FaissStore.create(2, codec)
        store.add(np.empty(0, np.int64), np.empty((0, 2), np.float32))
        assert store.remove(np.empty(0, np.int64)) == 0
        assert store.search(at(0), 3)[1].tolist() == [[-1, -1, -1]]

    def test_only_allowed_ids_are_found(self, codec):
        store = store_of(range(5), at(0, 10, 20, 30, 40), codec)
        assert store.search(at(0), 3, np.array([4, 2]))[1].tolist() == [[2, 4, -1]]
        scores, ids = store.search(at(0, 5), 2, np.empty(0, np.int64))
        assert ids.tolist() == [[-1, -1]] * 2
        assert (scores == -np.inf).all()

    def test_the_rows_of_ids_are_given_back_in_their_order(self, codec):
        store = store_of([7, 2**62, 5], at(0, 40, 80), codec)
        rows = store.vectors(np.array([2**62, 7, 2**62]))
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows, at(40, 0, 40), atol=0 if codec == "flat" else 5e-4)
        assert store.vectors(np.empty(0, np.int64)).shape == (0, 2)

    def test_the_row_of_an_id_that_is_not_there(self, codec):
        store = store_of([1, 2], at(0, 90), codec)
        store.remove(np.array([1]))
        for ids in ([1], [2, 3], [-1]):
            with pytest.raises(KeyError, match="no such id"):
                store.vectors(np.array(ids))
        np.testing.assert_allclose(store.vectors(np.array([2])), at(90), atol=5e-4)


def test_an_unknown_codec_is_refused():
    with pytest.raises(DataError, match="pq"):
        FaissStore.create(2, "pq")


class TestFiles:
    @pytest.mark.parametrize("codec", CODECS)
    def test_a_loaded_store_is_the_saved_one_and_can_grow(self, codec, tmp_path):
        vectors, queries = unit(3, 60), unit(4, 5)
        saved = store_of(range(100, 160), vectors, codec)
        saved.save(tmp_path / "i.faiss")
        loaded = FaissStore.load(tmp_path / "i.faiss", dim=DIM, count=60)
        for one, other in zip(saved.search(queries, 7), loaded.search(queries, 7), strict=True):
            assert np.array_equal(one, other)
        assert np.array_equal(saved.vectors(np.arange(100, 160)), loaded.vectors(np.arange(100, 160)))
        loaded.add(np.array([7]), queries[:1])
        assert loaded.search(queries[:1], 1)[1].tolist() == [[7]]
        with pytest.raises(DataError):
            loaded.add(np.array([100]), queries[1:2])

    def test_fp16_halves_the_file(self, tmp_path):
        sizes = {}
        for codec in CODECS:
            store_of(range(200), unit(5, 200, 256), codec).save(tmp_path / codec)
            sizes[codec] = (tmp_path / codec).stat().st_size
        assert sizes["fp16"] < 0.55 * sizes["flat"]

    @pytest.mark.parametrize(("dim", "count"), [(DIM + 1, 9), (DIM, 8), (DIM, 10)])
    def test_other_sizes_than_promised_are_refused(self, tmp_path, dim, count):
        store_of(range(9), unit(6, 9)).save(tmp_path / "i")
        with pytest.raises(BundleError, match=f"9 vectors of {DIM} numbers, not {count} of {dim}"):
            FaissStore.load(tmp_path / "i", dim=dim, count=count)

    @pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"x" * 500])
    def test_a_damaged_file_is_refused(self, tmp_path, damage):
        store_of(range(9), unit(6, 9)).save(tmp_path / "i")
        (tmp_path / "i").write_bytes(damage((tmp_path / "i").read_bytes()))
        with pytest.raises(BundleError, match="damaged; run `sneakers index`"):
            FaissStore.load(tmp_path / "i", dim=DIM, count=9)

    def test_a_missing_file_is_refused(self, tmp_path):
        with pytest.raises(BundleError, match="nowhere"):
            FaissStore.load(tmp_path / "nowhere", dim=DIM, count=9)

    @pytest.mark.parametrize(
        "inner",
        [
            faiss.IndexFlatL2(DIM),
            faiss.IndexHNSWFlat(DIM, 8, faiss.METRIC_INNER_PRODUCT),
            faiss.IndexScalarQuantizer(DIM, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT),
        ],
        ids=["another metric", "another kind", "another codec"],
    )
    def test_an_index_of_another_make_is_refused(self, tmp_path, inner):
        index = faiss.IndexIDMap2(inner)
        index.train(unit(6, 9))
        index.add_with_ids(unit(6, 9), np.arange(9))
        (tmp_path / "i").write_bytes(faiss.serialize_index(index).tobytes())
        with pytest.raises(BundleError, match="damaged; run `sneakers index`"):
            FaissStore.load(tmp_path / "i", dim=DIM, count=9)

    def test_it_tells_its_ids(self, tmp_path):
        store_of([3, 2**62, 5], unit(6, 3)).save(tmp_path / "i")
        assert FaissStore.load(tmp_path / "i", dim=DIM, count=3).ids == {3, 5, 2**62}

    def test_an_index_that_keeps_no_ids_is_refused(self, tmp_path):
        index = faiss.IndexFlatIP(DIM)
        index.add(unit(6, 9))
        (tmp_path / "i").write_bytes(faiss.serialize_index(index).tobytes())
        with pytest.raises(BundleError, match="not an index of this project"):
            FaissStore.load(tmp_path / "i", dim=DIM, count=9)


class TestManyVectors:
    """So many that codes are scanned first."""

    COUNT = 33_000

    @pytest.fixture
    def kept(self, tmp_path):
        path, vectors = tmp_path / "many", unit(7, self.COUNT)
        store_of(np.arange(self.COUNT) + 2**40, vectors, "fp16").save(path)
        return path, vectors

    def exact(self, queries, vectors, k):
        return np.argsort(-(queries @ vectors.T), axis=1)[:, :k] + 2**40

    @pytest.mark.parametrize("k", [1, 10, 60, 600, 20_000])
    def test_nearly_all_that_exact_search_finds_with_their_scores(self, kept, k):
        path, vectors = kept
        store, queries = FaissStore.load(path, dim=DIM, count=self.COUNT), unit(8, 20)
        scores, ids = store.search(queries, k)
        expected = self.exact(queries, vectors, k)
        assert np.mean([len(np.intersect1d(*pair)) / k for pair in zip(ids, expected, strict=True)]) > 0.99
        exact = np.take_along_axis(queries @ vectors.T, ids - 2**40, axis=1)
        np.testing.assert_allclose(scores, exact, atol=1e-3)
        assert (np.diff(scores, axis=1) <= 0).all()

    def test_among_allowed_ids_and_after_a_change_all_are_compared(self, kept):
        path, vectors = kept
        store, queries = FaissStore.load(path, dim=DIM, count=self.COUNT), unit(9, 5)
        few = np.arange(0, self.COUNT, 7)
        found = store.search(queries, 3, few + 2**40)[1]
        assert np.array_equal(few[self.exact(queries, vectors[few], 3) - 2**40] + 2**40, found)
        store.add(np.array([5]), queries[:1])
        assert store.search(queries, 1)[1][0, 0] == 5
        store.remove(np.array([5]))
        assert np.array_equal(store.search(queries, 1)[1], self.exact(queries, vectors, 1))

    def test_numbers_that_are_none_are_refused(self, kept, tmp_path):
        path, _ = kept
        content = np.fromfile(path, np.uint8)
        content[5_000:800_000] = 0xFF
        content.tofile(tmp_path / "i")
        with pytest.raises(BundleError, match="damaged; run `sneakers index`"):
            FaissStore.load(tmp_path / "i", dim=DIM, count=self.COUNT)
