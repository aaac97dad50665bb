from __future__ import annotations

import cv2
import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from sneakers_ml import images
from sneakers_ml.embedding.codebook import fit_codebook, sample_descriptors
from sneakers_ml.errors import DataError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.sift import DESCRIPTOR, Sift, describe
from sneakers_ml.onnx_session import OnnxSession
from sneakers_ml.workspace.params import SiftParams
from tests.support.corpus import encode, write_photo

PARAMS = SiftParams(side=128, words=4, components=8, place=2.0, sample=1000, seed=3)
DIMS = {"bow": 4, "vlad": 4 * 10, "fisher": 2 * 4 * 10}


def shapes(kind, seed, count=40):
    """A photo full of dark discs (kind 0) or of outlined squares (kind 1)."""
    random = np.random.default_rng(seed)
    photo = np.full((180, 240, 3), 245, np.uint8)
    for _ in range(count):
        x, y, size = int(random.integers(15, 225)), int(random.integers(15, 165)), int(random.integers(4, 12))
        colour = (int(random.integers(0, 120)),) * 3
        if kind:
            cv2.rectangle(photo, (x - size, y - size), (x + size, y + size), colour, 2)
        else:
            cv2.circle(photo, (x, y), size, colour, -1)
    return photo


def write_shapes(folder, kind, seed):
    path = folder / f"{kind}-{seed}.png"
    path.write_bytes(encode(shapes(kind, seed), "PNG"))
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    return [write_shapes(folder, kind, seed) for seed in range(6) for kind in (0, 1)]


@pytest.fixture(scope="module")
def rows(files):
    """Rows of each photo."""
    photos = [images.read(file) for file in files]
    return [describe(cut(photo, shoe_region(photo)), **PARAMS.grid) for photo in photos]


class TestSample:
    def test_all_descriptors_are_taken_where_there_are_no_more_than_asked_for(self, files, rows):
        few, everything = files[:3], np.concatenate(rows[:3])
        assert len(everything) <= PARAMS.sample
        np.testing.assert_array_equal(sample_descriptors(few, PARAMS), everything)

    def test_of_more_a_share_of_every_photo_is_taken(self, files, rows):
        """Twice over the same photos, so that some are dropped while reading."""
        total = 2 * sum(len(part) for part in rows)
        sample = sample_descriptors(files * 2, PARAMS)
        assert total > 2.5 * PARAMS.sample
        assert len(sample) == PARAMS.sample
        for part in rows:
            found = sum((sample == row).all(axis=1).sum() for row in np.unique(part, axis=0))
            expected = 2 * len(part) * PARAMS.sample / total
            assert abs(found - expected) < 5 * np.sqrt(expected)

    def test_another_seed_is_another_sample(self, files):
        first, again, other = (
            sample_descriptors(files, PARAMS.model_copy(update={"seed": seed})) for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)

    def test_of_very_many_photos_only_as_many_are_read_as_the_sample_needs(self, files, tmp_path):
        """A sample of 1000 is taken from 100 photos: among 5000 most are not even opened, though they do not exist."""
        missing = [tmp_path / f"{number}.png" for number in range(4999)]
        with pytest.raises(DataError, match=r"\d+\.png: There is no such file"):
            sample_descriptors([files[0], *missing], PARAMS)
        many = [files[0]] * 5000
        assert len(sample_descriptors(many, PARAMS)) == PARAMS.sample


class TestFit:
    @pytest.mark.parametrize("encoding", ["bow", "vlad", "fisher"])
    def test_the_graph_gives_unit_vectors_of_the_length_told(self, tmp_path, files, encoding):
        params = PARAMS.model_copy(update={"encoding": encoding})
        dim = fit_codebook(files, params, tmp_path / "model.onnx")
        assert dim == DIMS[encoding]
        sift = Sift(OnnxSession(tmp_path / "model.onnx", threads=1), dim=dim, **params.grid, place=params.place)
        vectors = sift.transform([images.read(file) for file in files])
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    @pytest.mark.parametrize("encoding", ["bow", "vlad", "fisher"])
    def test_a_second_run_gives_the_same_bytes(self, tmp_path, files, encoding):
        params = PARAMS.model_copy(update={"encoding": encoding})
        for name in ("first", "second"):
            fit_codebook(files, params, tmp_path / name)
        assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()

    @pytest.mark.parametrize(("place", "width"), [(0.0, 8), (2.0, 10)])
    def test_words_are_those_of_scikit_learn_on_points_made_by_hand(self, tmp_path, files, rows, place, width):
        """PCA, one scale for all axes, the weighed place beside; then each photo's share of the words."""
        params = PARAMS.model_copy(update={"encoding": "bow", "place": place, "sample": 60_000})
        fit_codebook(files, params, tmp_path / "model.onnx")
        session = OnnxSession(tmp_path / "model.onnx", threads=1)
        everything = np.concatenate(rows).astype(np.float64)
        pca = PCA(8, svd_solver="covariance_eigh").fit(everything[:, :DESCRIPTOR])
        scale = pca.transform(everything[:, :DESCRIPTOR]).std()

        def points(part):
            reduced = pca.transform(part[:, :DESCRIPTOR]) / scale
            return np.hstack([reduced, place * part[:, DESCRIPTOR:]])[:, :width].astype(np.float32)

        with threadpool_limits(limits=1):
            words = KMeans(4, n_init=1, max_iter=20, random_state=3).fit(points(everything))
        for part in rows:
            weighed = part.copy()
            weighed[:, DESCRIPTOR:] *= place
            counts = np.bincount(words.predict(points(part)), minlength=4)
            expected = np.sqrt(np.sort(counts / counts.sum()))
            np.testing.assert_allclose(np.sort(session.run(weighed)[0]), expected, atol=0.06)

    def test_photos_of_a_kind_are_nearer_to_each_other_than_to_others(self, tmp_path, files):
        """Discs and squares; the photos compared are not among those fitted on."""
        params = PARAMS.model_copy(update={"place": 0.0})
        dim = fit_codebook(files, params, tmp_path / "model.onnx")
        sift = Sift(OnnxSession(tmp_path / "model.onnx", threads=1), dim=dim, **params.grid, place=0.0)
        kinds = np.repeat([0, 1], 6)
        vectors = sift.transform([shapes(kind, 50 + number) for number, kind in enumerate(kinds)])
        alike = vectors @ vectors.T
        same = kinds[:, None] == kinds
        others = ~np.eye(len(kinds), dtype=bool)
        nearest = np.where(others, alike, -1).argmax(axis=1)
        assert (kinds[nearest] == kinds).all()
        assert alike[same & others].mean() > alike[~same].mean() + 0.1

    def test_only_the_files_named_are_read(self, tmp_path, files):
        (files[0].parent / "held-out.png").write_bytes(b"not a photo")
        fit_codebook(files, PARAMS, tmp_path / "model.onnx")
        assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]

    def test_too_few_descriptors_say_what_to_do(self, tmp_path, files):
        params = PARAMS.model_copy(update={"words": 5000})
        with pytest.raises(
            DataError, match=r"1 training photos have \d+ descriptors.*lower embed\.sift\.words.*or add"
        ):
            fit_codebook(files[:1], params, tmp_path / "model.onnx")
        assert not list(tmp_path.iterdir())

    def test_no_photos_at_all_are_too_few(self, tmp_path):
        with pytest.raises(DataError, match="0 training photos have 0 descriptors"):
            fit_codebook([], PARAMS, tmp_path / "model.onnx")

    def test_the_same_photo_again_and_again_still_gives_a_codebook(self, tmp_path):
        """Fewer different descriptors than words."""
        photos = [write_photo(tmp_path / "shoe.jpg", quality=95)] * 40
        params = SiftParams(words=32, components=4, sample=1000)
        dim = fit_codebook(photos, params, tmp_path / "model.onnx")
        vectors = Sift(OnnxSession(tmp_path / "model.onnx"), dim=dim, **params.grid, place=12.0).transform(
            [images.read(photos[0])]
        )
        assert np.isfinite(vectors).all()

    def test_a_photo_that_cannot_be_read_is_named(self, tmp_path, files):
        with pytest.raises(DataError, match=r"gone\.jpg: There is no such file.*run `sneakers photos` again"):
            fit_codebook([*files, tmp_path / "gone.jpg"], PARAMS, tmp_path / "model.onnx")
