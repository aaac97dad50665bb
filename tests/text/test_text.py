from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.files import file_sha256
from sneakers_ml.inference.session import OnnxSession
from sneakers_ml.text.lexicon import lexicon, tokens_of
from sneakers_ml.text.search import WordIndex
from sneakers_ml.text.spec import (
    PHOTO_HEAD,
    PHOTO_VECTORS,
    TEXT_FILES,
    TEXT_SPEC,
    TOWER,
    TermReader,
    load_readers,
    read_text_spec,
)
from sneakers_ml.text.text import fit_readers, make_text, title_recall
from sneakers_ml.text.tower import NgramTower
from sneakers_ml.text.training.photos import CaptionedPhotos
from sneakers_ml.text.training.towers import Towers
from tests.text.builders import BLUE, BOOT, LOW, captioned, small_lexicon, toy_params

PARAMS = toy_params(batch=16, hidden=16, dim=16, width=16, lr=0.01)
RESAMPLING = Resampling(100, seed=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory, text_workspace):
    """A workspace, the stage's result, and how it told its progress."""
    workspace, told = text_workspace(tmp_path_factory.mktemp("made")), []
    result = make_text(workspace, PARAMS, RESAMPLING, lambda *step: told.append(step))
    return workspace, result, told


class TestMakeText:
    def test_it_counts_what_it_read(self, made):
        workspace, result, _ = made
        assert (result.photos, result.products) == (144, 48)
        assert result.words == len(WordIndex.load(workspace.text).vocabulary)
        files = [*TEXT_FILES, TEXT_SPEC]
        assert {file.name for file in workspace.text.iterdir()} == set(files)
        assert result.megabytes == pytest.approx(sum((workspace.text / name).stat().st_size for name in files) / 1e6)

    def test_the_spec_says_what_was_trained(self, made):
        workspace, _, _ = made
        spec = read_text_spec(workspace.text)
        assert [part.name for part in spec.parts] == ["efficientnet_lite0", "colours"]
        assert (spec.dim, spec.weight) == (16, PARAMS.weight)
        assert spec.gallery_sha256 == file_sha256(workspace.index / "gallery.parquet")
        assert spec.words == lexicon().file
        assert spec.tower_sha256 == file_sha256(workspace.text / TOWER)
        assert spec.head_sha256 == file_sha256(workspace.text / PHOTO_HEAD)

    def test_the_stored_vectors_are_what_the_head_makes_of_the_gallery(self, made):
        workspace, _, _ = made
        stored = np.load(workspace.text / PHOTO_VECTORS)
        assert (stored.dtype, stored.shape) == (np.float16, (144, 16))
        inputs = CaptionedPhotos.read(workspace, lexicon()).served
        head = OnnxSession(workspace.text / PHOTO_HEAD, threads=1)
        np.testing.assert_allclose(stored, head.run(inputs), atol=1e-3)

    def test_words_are_indexed_by_product_in_order_of_their_ids(self, made):
        workspace, _, _ = made
        products = pd.read_parquet(workspace.products).sort_values("product_id", ignore_index=True)
        index = WordIndex.load(workspace.text)
        assert index.size == 48
        for brand, code in (("arvo", "ar1212200"), ("duskel", "du1038200")):
            own = products["brand"].str.startswith(brand)
            assert sorted(index.documents[index.column(f"@{brand}")]) == np.flatnonzero(own).tolist()
            coded = products["style_code"].str.lower() == code
            assert index.documents[index.column(code)].tolist() == np.flatnonzero(coded).tolist()

    def test_towers_that_serve_tell_brands_apart(self, made):
        """They have seen every photo: those of a brand lie nearer to its name than others do."""
        workspace, _, _ = made
        photos = CaptionedPhotos.read(workspace, lexicon())
        vectors = np.load(workspace.text / PHOTO_VECTORS).astype(np.float32)
        tower = NgramTower(OnnxSession(workspace.text / TOWER, threads=1))
        for brand in ("arvo", "brisko", "corvane"):
            cosines = vectors @ tower.vectors([lexicon().read(brand)])[0]
            own = (photos.rows["brand"] == brand).to_numpy()
            assert cosines[own].mean() > cosines[~own].mean() + 0.2

    def test_the_report_holds_the_recalls(self, made):
        workspace, result, _ = made
        report = json.loads(workspace.text_report.read_text(encoding="utf-8"))
        assert list(report) == list(result.recalls) == ["all", "demo"]
        for source, (interval, level) in result.recalls.items():
            assert report[source] == {
                "recall_at_10": round(interval.value, 4),
                "recall_at_10_low": round(interval.low, 4),
                "recall_at_10_high": round(interval.high, 4),
                "chance": round(level, 4),
            }
            assert 0 <= interval.low <= interval.value <= interval.high <= 1

    def test_the_floor_is_the_cosine_that_19_of_20_validation_photos_reach(self, made):
        workspace, _, _ = made
        photos = CaptionedPhotos.read(workspace, lexicon())
        towers = Towers.train(photos, photos.inputs, photos.side("train"), PARAMS)
        places = photos.side("val")
        cosines = (towers.texts(photos.titles(places)) * towers.photos(photos.inputs[places])).sum(axis=1)
        floor = read_text_spec(workspace.text).floor
        assert len(places) == 36
        assert (cosines < floor - 1e-4).sum() == 2  # 5 % of 36 lie between the second and the third

    def test_it_tells_how_far_both_trainings_are(self, made):
        _, _, told = made
        assert told == [(step, 400) for step in range(1, 401)]

    def test_the_same_seed_writes_the_same_files(self, made, tmp_path, text_workspace):
        workspace, result, _ = made
        again = text_workspace(tmp_path)
        assert make_text(again, PARAMS, RESAMPLING) == result
        for name in (*TEXT_FILES, TEXT_SPEC):
            assert (again.text / name).read_bytes() == (workspace.text / name).read_bytes(), name

    def test_without_training_photos_it_stops_and_keeps_what_was_there(self, made, tmp_path):
        workspace, _, _ = made
        shutil.copytree(workspace.root, tmp_path, dirs_exist_ok=True)
        spoilt = type(workspace)(tmp_path)
        pd.read_parquet(spoilt.split).assign(split="test").to_parquet(spoilt.split)
        with pytest.raises(
            DataError, match=r"split\.parquet: no training photo is in the gallery; run `sneakers split`$"
        ):
            make_text(spoilt, PARAMS, RESAMPLING)
        assert read_text_spec(spoilt.text) == read_text_spec(workspace.text)


class Given:
    """Towers whose texts and photos lie where they are told: a text by its last token, a photo where its input says."""

    def __init__(self, **places):
        self.places = {token.replace("_", " "): place for token, place in places.items()}

    def texts(self, texts):
        rows = np.zeros((len(texts), 4), np.float32)
        for row, tokens in enumerate(map(tokens_of, texts)):
            rows[row, self.places[tokens[-1]]] = 1
        return rows

    def photos(self, inputs):
        return inputs


def near(*places):
    """Rows of four numbers that lie at these places."""
    return np.eye(4, dtype=np.float32)[list(places)]


class TestTitleRecall:
    TITLES = "Nike: Tidal", "Puma: Zoom", "Vans: Vans", "Puma: Gel"
    TOWERS = Given(tidal=0, zoom=1, van=2, gel=3)

    def recalls(self, rows, places):
        photos = captioned(self.TITLES, [{"split": "test", **row} for row in rows], near(*places))
        return title_recall(photos, self.TOWERS, RESAMPLING)

    def test_a_title_is_asked_once_and_found_where_one_of_its_photos_is(self):
        """Twelve photos of Zoom lie where Tidal's text does, and hide Tidal's own, which lies elsewhere."""
        rows = [{"product": 1}] * 12 + [{"product": 0}]
        interval, level = self.recalls(rows, [0] * 11 + [1] + [3])["all"]
        assert interval.value == 0.5  # Zoom is found by its twelfth photo
        assert level == pytest.approx((10 / 13 + 1) / 2)

    def test_each_source_has_its_own_gallery(self):
        rows = [{"product": 1, "source": "a"}] * 12 + [{"product": 0, "source": "b"}]
        recalls = self.recalls(rows, [0] * 12 + [3])
        assert list(recalls) == ["all", "a", "b"]
        assert [interval.value for interval, _ in recalls.values()] == [0.5, 1, 1]

    def test_titles_of_one_word_are_not_asked_but_their_photos_stay(self):
        recalls = self.recalls([{"product": 2, "source": "a"}] * 12 + [{"product": 0, "source": "b"}], [0] * 12 + [0])
        assert list(recalls) == ["all", "b"]
        assert [interval.value for interval, _ in recalls.values()] == [0, 1]

    def test_only_test_photos_count(self):
        rows = [{"product": 1, "split": "train"}] * 12 + [{"product": 0, "split": "val"}, {"product": 0}]
        assert self.recalls(rows, [0] * 14)["all"][0].value == 1

    def test_products_of_one_title_are_found_by_each_others_photos(self):
        titles = ["Nike: Tidal", "Nike: Tidal", "Puma: Zoom"]
        rows = [{"product": 2}] * 12 + [{"product": 1}, {"product": 0}]
        photos = captioned(titles, [{"split": "test", **row} for row in rows], near(*[1] * 12, 0, 2))
        assert title_recall(photos, self.TOWERS, RESAMPLING)["all"][0].value == 1

    def test_nothing_to_ask_is_no_recall(self):
        assert self.recalls([{"product": 0, "split": "train"}], [0]) == {}
        assert self.recalls([{"product": 2}], [2]) == {}


class TestFitReaders:
    TITLES = "Nike: low", "Puma: boots", "Vans: Tidal"
    TOWERS = Given(**{"=low_top": 0, "=boot": 1})
    READER = TermReader((BLUE,), np.zeros((1, 4), np.float32), np.zeros(1, np.float32), exclusive=False)

    def readers(self, sides, **update):
        rows = [{"product": product, "split": side} for product, side, count in sides for _ in range(count)]
        photos = captioned(self.TITLES, rows, near(*[row["product"] for row in rows]), **update)
        return fit_readers(photos, small_lexicon(), self.TOWERS)

    def test_kinds_are_read_off_validation_photos(self):
        readers = self.readers([(0, "val", 10), (1, "val", 10), (2, "val", 3), (0, "train", 50)])
        assert list(readers) == ["kinds"]
        assert readers["kinds"].terms == (LOW, BOOT)
        np.testing.assert_allclose(readers["kinds"].probabilities(np.eye(2, dtype=np.float32)).sum(axis=1), 1)
        assert readers["kinds"].probabilities(np.eye(2, dtype=np.float32)).argmax(axis=1).tolist() == [0, 1]
        assert readers["kinds"].probabilities(np.zeros((1, 2), np.float32))[0] == pytest.approx([0.5, 0.5], abs=1e-3)

    def test_where_those_are_too_few_training_photos_do(self):
        assert list(self.readers([(0, "val", 10), (1, "val", 7), (0, "train", 8), (1, "train", 8)])) == ["kinds"]

    @pytest.mark.parametrize("sides", [[(2, "val", 9)], [(0, "val", 10), (1, "test", 90)], [(0, "train", 9)]])
    def test_where_titles_tell_too_little_there_are_none(self, sides):
        assert self.readers(sides) == {}

    def test_what_reads_colours_comes_along(self):
        assert self.readers([(2, "val", 9)], reader=self.READER) == {"colours": self.READER}


def test_the_tiny_workspace_reads_colours_only(tiny):
    """Two of its titles say a kind."""
    readers = load_readers(tiny.workspace.text)
    assert list(readers) == ["colours"]
    assert np.isfinite(readers["colours"].weights).all()
