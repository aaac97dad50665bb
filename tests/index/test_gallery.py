from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sneakers_ml.errors import DataError
from sneakers_ml.index.faiss_store import FaissStore
from sneakers_ml.index.gallery import Gallery, Hit, vector_id


def photo(name):
    """A photo id as the catalogue makes them: 40 hexadecimal digits."""
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()


def at(degrees):
    angles = np.radians(np.asarray(degrees, float))
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1).astype(np.float32)


def gallery_of(photos):
    """Gallery of {product: angles of its photos in degrees}; the photo at 30° of `a` has the id photo("a30")."""
    gallery = Gallery(FaissStore.create(2, "flat"), {})
    for product, degrees in photos.items():
        gallery.add([photo(f"{product}{angle}") for angle in degrees], [product] * len(degrees), at(degrees))
    return gallery


def found(hits):
    return [hit.product_id for hit in hits]


def test_vector_ids_are_63_bits_of_the_photo_id():
    assert vector_id("f" * 40) == 2**63 - 1
    assert vector_id("0" * 15 + "2" + "f" * 24) == 1
    assert vector_id(photo("a")) != vector_id(photo("b"))


class TestSearch:
    def test_a_product_appears_once_by_its_best_photo(self):
        gallery = gallery_of({"a": [10, 50, 5], "b": [20], "c": [90]})
        hits = gallery.search(at(0), 3)
        assert [(hit.product_id, hit.photo_id) for hit in hits] == [
            ("a", photo("a5")),
            ("b", photo("b20")),
            ("c", photo("c90")),
        ]
        np.testing.assert_allclose([hit.score for hit in hits], np.cos(np.radians([5, 20, 90])), atol=1e-6)

    def test_it_looks_deeper_where_one_product_has_very_many_photos(self):
        crowd = [angle / 100 for angle in range(500)]
        gallery = gallery_of({"crowd": crowd, "b": [30], "c": [60]})
        assert found(gallery.search(at(0), 3)) == ["crowd", "b", "c"]
        assert found(gallery.search(at(90), 2)) == ["c", "b"]

    def test_top_is_a_limit_not_a_promise(self):
        gallery = gallery_of({"a": [0, 1], "b": [2]})
        assert found(gallery.search(at(0), 1)) == ["a"]
        assert found(gallery.search(at(0), 50)) == ["a", "b"]
        assert gallery.search(at(0), 0) == []

    def test_only_wanted_products_are_answered(self):
        gallery = gallery_of({"a": list(range(40)), "b": [45], "c": [80]})
        assert found(gallery.search(at(0), 2, lambda product: product != "a")) == ["b", "c"]
        assert gallery.search(at(0), 2, lambda product: False) == []

    def test_an_empty_gallery_answers_nothing(self):
        gallery = Gallery(FaissStore.create(2), {})
        assert len(gallery) == 0
        assert gallery.search(at(0), 5) == []

    @settings(max_examples=40, deadline=None)
    @given(
        seed=st.integers(0, 10**6),
        owners=st.lists(st.integers(0, 8), min_size=1, max_size=90),
        top=st.integers(1, 12),
        unwanted=st.sets(st.integers(0, 8), max_size=4),
    )
    def test_it_agrees_with_grouping_by_hand(self, seed, owners, top, unwanted):
        rows = np.random.default_rng(seed).normal(size=(len(owners) + 1, 6))
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        query, vectors = rows[0], rows[1:]
        gallery = Gallery(FaissStore.create(6, "flat"), {})
        photos = [photo(str(number)) for number in range(len(owners))]
        gallery.add(photos, [f"p{owner}" for owner in owners], vectors)
        scores = vectors.astype(np.float64) @ query.astype(np.float64)
        best = {}
        for row in np.argsort(-scores):
            if owners[row] not in unwanted:
                best.setdefault(f"p{owners[row]}", (photos[row], scores[row]))
        hits = gallery.search(query, top, lambda product: int(product[1:]) not in unwanted)
        assert [(hit.product_id, hit.photo_id) for hit in hits] == [
            (product, shown) for product, (shown, _) in list(best.items())[:top]
        ]
        np.testing.assert_allclose([hit.score for hit in hits], [score for _, score in best.values()][:top], atol=1e-6)


class TestNearest:
    def test_photos_are_not_grouped(self):
        gallery = gallery_of({"a": [10, 5], "b": [20]})
        hits = gallery.nearest(at(0), 2)
        assert [(hit.product_id, hit.photo_id) for hit in hits] == [("a", photo("a5")), ("a", photo("a10"))]
        assert hits[0].score == pytest.approx(np.cos(np.radians(5)), abs=1e-6)

    def test_count_is_a_limit_not_a_promise(self):
        assert found(gallery_of({"a": [0], "b": [2]}).nearest(at(0), 9)) == ["a", "b"]
        assert Gallery(FaissStore.create(2), {}).nearest(at(0), 5) == []


class TestPhotos:
    def test_of_each_its_product_and_its_vector(self):
        gallery = gallery_of({"a": [10, 50], "b": [20]})
        photos = [photo("b20"), photo("a50"), photo("a10")]
        assert [gallery.product(each) for each in photos] == ["b", "a", "a"]
        np.testing.assert_allclose(gallery.vectors(photos), at([20, 50, 10]), atol=1e-6)
        assert gallery.vectors([]).shape == (0, 2)
        assert all(each in gallery for each in photos)

    @pytest.mark.parametrize(
        "other", [photo("a11"), "", "no id", "é", "-1", "0x1", photo("a10")[:16], photo("a10") + "0"]
    )
    def test_what_it_does_not_show(self, other):
        assert other not in gallery_of({"a": [10]})

    def test_what_it_no_longer_shows(self):
        gallery = gallery_of({"a": [10], "b": [20]})
        gallery.remove(["a"])
        assert (photo("a10") in gallery, photo("b20") in gallery) == (False, True)
        for ask in (gallery.product, lambda gone: gallery.vectors([photo("b20"), gone])):
            with pytest.raises(KeyError):
                ask(photo("a10"))


class TestChanges:
    def test_added_photos_are_found_at_once(self):
        gallery = gallery_of({"a": [0]})
        gallery.add([photo("new")], ["b"], at([30]))
        assert len(gallery) == 2
        hit = gallery.search(at(29), 1)[0]
        assert hit == Hit("b", photo("new"), pytest.approx(np.cos(np.radians(1)), abs=1e-6))

    def test_a_photo_that_is_there_is_refused_and_the_gallery_stays(self):
        gallery = gallery_of({"a": [0], "b": [40]})
        with pytest.raises(DataError, match="there already"):
            gallery.add([photo("c80"), photo("a0")], ["c", "c"], at([80, 0]))
        assert len(gallery) == 2
        assert found(gallery.search(at(0), 5)) == ["a", "b"]

    def test_lists_of_different_lengths_are_refused_and_the_gallery_stays(self):
        gallery = gallery_of({"a": [0]})
        with pytest.raises(ValueError, match="shorter"):
            gallery.add([photo("b1"), photo("b2")], ["b"], at([1, 2]))
        assert found(gallery.search(at(0), 5)) == ["a"]

    def test_removing_a_product_takes_all_its_photos(self):
        gallery = gallery_of({"a": [0, 10, 20], "b": [30], "c": [60]})
        assert gallery.remove(["a", "nobody", "c"]) == 4
        assert len(gallery) == 1
        assert found(gallery.search(at(0), 5)) == ["b"]
        assert gallery.remove(["a"]) == 0
        gallery.add([photo("a0")], ["a"], at([0]))
        assert found(gallery.search(at(0), 5)) == ["a", "b"]


@pytest.mark.parametrize(
    "asked", ["", "nonsense", "0x1_0", "-" * 40, photo("a30")[:16] + "0" * 24, photo("a30").upper(), 7]
)
def test_whatever_is_asked_about_it_knows_its_photos(asked):
    gallery = gallery_of({"a": [30, 40], "b": [90]})
    assert asked not in gallery
    assert all(photo(name) in gallery for name in ("a30", "a40", "b90"))
    assert sorted(gallery) == sorted(map(photo, ("a30", "a40", "b90")))
