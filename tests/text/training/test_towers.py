from __future__ import annotations

import numpy as np
import pytest
import torch

from sneakers_ml.errors import ParityError
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.text.spec import PHOTO_HEAD, TOWER
from sneakers_ml.text.tower import NgramTower
from sneakers_ml.text.training.captions import Captions
from sneakers_ml.text.training.network import PhotoHead, TowerNetwork
from sneakers_ml.text.training.towers import Towers
from tests.text.builders import BLUE, RED, captioned, meant, products_of, small_lexicon, toy_params

TEXTS = [meant(*text.split()) for text in ("nike =blue", "puma", "", "samba og white =white", "ar1212200 vans")]
PHOTOS = np.random.default_rng(0).normal(size=(5, 6)).astype(np.float32)


def untrained():
    torch.manual_seed(0)
    return Towers(TowerNetwork(8, 4).eval(), PhotoHead(6, 8, 4, 0.5).eval())


class Counting(Captions):
    """Captions that remember of which products some were drawn."""

    def __init__(self, titles):
        products = products_of(*titles)
        super().__init__(products, products["title"], small_lexicon())
        self.drawn = []

    def draw(self, product, seen, rng):
        self.drawn.append((product, seen))
        return super().draw(product, seen, rng)


def drawn_of(titles, rows):
    """Share of the batches that each product's photos make in a training on all photos."""
    captions, inputs = Counting(titles), np.random.default_rng(0).normal(size=(len(rows), 3)).astype(np.float32)
    photos = captioned(titles, rows, inputs, captions=captions)
    Towers.train(photos, inputs, np.arange(len(rows)), toy_params(batch=2))
    products = [product for product, _ in captions.drawn]
    return [products.count(product) / len(products) for product in range(len(titles))]


class TestTrain:
    def test_a_source_is_drawn_by_the_root_of_its_photos(self):
        """Of 90 and 10 photos: 3 to 1."""
        rows = [{"product": 0, "source": "large"}] * 90 + [{"product": 1, "source": "small"}] * 10
        assert drawn_of(["Nike: Tidal", "Nike: Zoom"], rows) == pytest.approx([0.75, 0.25], abs=0.06)

    def test_a_photo_of_a_single_word_is_drawn_three_tenths_as_often(self):
        rows = [{"product": 0}] * 50 + [{"product": 1}] * 50
        assert drawn_of(["Nike: Tidal", "Nike: Nike"], rows) == pytest.approx([1 / 1.3, 0.3 / 1.3], abs=0.06)

    def test_the_photos_at_some_places_are_learnt_with_what_was_seen_in_them(self):
        titles, rows = ["Nike: Tidal", "Puma: Suede"], [{"product": 0}, {"product": 1}] * 3
        captions, seen = Counting(titles), [(), (BLUE,), (), (), (), (RED,)]
        photos = captioned(titles, rows, np.eye(6, dtype=np.float32), captions=captions, seen=seen)
        Towers.train(photos, photos.inputs, np.array([1, 5]), toy_params(batch=2))
        assert set(captions.drawn) == {(1, (BLUE,)), (1, (RED,))}


class TestAnswers:
    def test_texts_and_photos_are_unit_vectors_of_one_space(self):
        towers = untrained()
        texts, photos = towers.texts(TEXTS), towers.photos(PHOTOS)
        assert texts.shape == photos.shape == (5, 4)
        for rows in (texts, photos):
            np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    towers, folder = untrained(), tmp_path_factory.mktemp("exported")
    towers.export(folder, TEXTS, PHOTOS)
    return towers, folder


class TestExport:
    @pytest.mark.parametrize("size", [1, 2, 5])
    def test_the_graphs_answer_as_the_networks_do(self, exported, size):
        towers, folder = exported
        tower, head = (OnnxSession(folder / name, threads=1) for name in (TOWER, PHOTO_HEAD))
        np.testing.assert_allclose(NgramTower(tower).vectors(TEXTS[:size]), towers.texts(TEXTS[:size]), atol=1e-5)
        np.testing.assert_allclose(head.run(PHOTOS[:size]), towers.photos(PHOTOS[:size]), atol=1e-5)

    def test_the_same_weights_give_the_same_bytes(self, exported, tmp_path):
        towers, folder = exported
        towers.export(tmp_path, TEXTS, PHOTOS)
        for name in (TOWER, PHOTO_HEAD):
            assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()

    @pytest.mark.parametrize(("part", "name"), [("tower", TOWER), ("head", PHOTO_HEAD)])
    def test_what_is_no_number_is_a_parity_error(self, tmp_path, part, name):
        towers = untrained()
        with torch.no_grad():
            list(getattr(towers, part).parameters())[-1][0] = torch.nan
        with pytest.raises(ParityError, match=rf"{name}: the exported network differs .* by up to nan"):
            towers.export(tmp_path, TEXTS, PHOTOS)
