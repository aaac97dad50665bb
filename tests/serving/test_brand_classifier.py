from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from sneakers_ml import images
from sneakers_ml.errors import BundleError, UsageError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.images.region import Region
from sneakers_ml.serving.brand_classifier import BrandClassifier, ExtractorPool, Query, TrainedModels
from sneakers_ml.workspace.paths import Workspace


@pytest.fixture(scope="module")
def photos(tiny):
    return [images.read(query.path, longest_side=640) for query in tiny.queries]


@pytest.fixture
def mine(tiny, tmp_path):
    """HOG with its model, to spoil."""
    workspace = Workspace(tmp_path / "mine")
    shutil.copytree(tiny.workspace.extractor("hog"), workspace.extractor("hog"))
    shutil.copytree(tiny.workspace.brand_model("hog-svm"), workspace.brand_model("hog-svm"))
    return workspace


def edit(file, **changes):
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


class Counting:
    """An extractor that keeps what it is asked for."""

    def __init__(self, inner):
        self.inner, self.shoes, self.dim = inner, [], inner.dim

    def transform(self, shoes):
        self.shoes += shoes
        return self.inner.transform(shoes)


def pool(workspace, bundled=None):
    return ExtractorPool(workspace.extractors, threads=1, bundled=bundled)


@pytest.fixture(scope="module")
def trained(tiny):
    return TrainedModels.load(tiny.workspace, pool(tiny.workspace))


def test_each_model_says_what_it_says_when_asked_alone(recognizer, trained, tiny, photos):
    assert trained.left_out == {}
    extractors = pool(tiny.workspace)
    for photo in photos[:2]:
        predictions = trained.predict(Query(photo))
        assert [each.model for each in predictions] == sorted(p.name for p in tiny.workspace.brand_models.iterdir())
        for prediction in predictions:
            if not prediction.model.endswith("-svm"):
                continue
            alone = recognizer.answer(
                photo, classifier=BrandClassifier.load(tiny.workspace, prediction.model, extractors)
            )
            brands = [(alone.brand, alone.confidence), *((a.brand, a.confidence) for a in alone.alternatives)]
            assert [brand.brand for brand in prediction.brands] == [brand for brand, _ in brands]
            assert [brand.confidence for brand in prediction.brands] == pytest.approx([c for _, c in brands], abs=1e-5)


class Mean:
    """An extractor that gives the mean colour."""

    dim = 3

    def transform(self, shoes):
        return np.array([shoe.mean(axis=(0, 1)) for shoe in shoes], np.float32)


def test_where_a_person_says_that_the_shoe_is_nothing_else_is_looked_at():
    photo = np.zeros((60, 90, 3), np.uint8)
    photo[10:40, 20:50] = 200, 100, 50
    photo[10:40, 50:70] = 0, 0, 255
    for region, mean in (
        (Region(20, 10, 50, 40), (200, 100, 50)),
        (Region(50, 10, 70, 40), (0, 0, 255)),
        (Region(40, 10, 60, 40), (100, 50, 152.5)),
        (Region(0, 0, 20, 60), (0, 0, 0)),
    ):
        query = Query(photo, region)
        assert query.region == region
        assert query.vector(Mean())[0].tolist() == pytest.approx(mean, abs=1e-3)


def test_the_answer_says_the_region_that_was_given(recognizer, photos):
    region = Region(40, 60, 300, 400)
    asked, cropped = Query(photos[0], region), photos[0][60:400, 40:300]
    answer = recognizer.answer(asked)
    assert answer.region == region != recognizer.answer(photos[0]).region
    whole = Region(0, 0, cropped.shape[1], cropped.shape[0])
    np.testing.assert_allclose(recognizer.vector(asked), recognizer.vector(Query(cropped, whole)), atol=1e-6)


def test_known_is_by_each_models_own_threshold(mine, photos):
    shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model("hog-strict"))
    edit(mine.brand_model("hog-svm") / "model.json", unknown_threshold=0.0)
    edit(mine.brand_model("hog-strict") / "model.json", unknown_threshold=1.01)
    predictions = TrainedModels.load(mine, pool(mine)).predict(Query(photos[0]))
    assert {prediction.model: prediction.known for prediction in predictions} == {"hog-strict": False, "hog-svm": True}


class TestOnePass:
    """An extractor sees each photo once, whoever asks."""

    def test_models_of_one_extractor_share_its_vector(self, mine, photos):
        model = BrandClassifier.load(mine, "hog-svm", pool(mine))
        hog = Counting(model.extractor)
        models = TrainedModels([replace(model, name=name, extractor=hog) for name in ("a", "b", "c")], {})
        for number, photo in enumerate(photos, start=1):
            assert len({prediction.brands for prediction in models.predict(Query(photo))}) == 1
            assert len(hog.shoes) == number
            np.testing.assert_array_equal(hog.shoes[-1], cut(photo, shoe_region(photo)))

    def test_the_bundles_classifier_lends_its_extractor_where_it_is_the_same(self, mine, photos):
        bundled = BrandClassifier.load(mine, "hog-svm", pool(mine))
        bundled = replace(bundled, name="bundled", extractor=Counting(bundled.extractor))
        query = Query(photos[0])
        bundled.predict(query)
        (prediction,) = TrainedModels.load(mine, pool(mine, bundled)).predict(query)
        assert prediction.model == "hog-svm"
        assert len(bundled.extractor.shoes) == 1

    def test_an_extractor_that_is_a_part_of_another_is_not_asked_again(self, tiny, photos):
        extractors = pool(tiny.workspace)
        joined, alone = (extractors.load(name)[1] for name in ("concat", "efficientnet_lite0"))
        assert alone in joined.parts
        query = Query(photos[0])
        expected = joined.transform([cut(photos[0], shoe_region(photos[0]))])
        np.testing.assert_array_equal(query.vector(joined), expected)
        counted = Counting(alone)
        joined.parts = tuple(counted if part is alone else part for part in joined.parts)
        query = Query(photos[0])
        for extractor in (counted, joined, counted):
            query.vector(extractor)
        assert len(counted.shoes) == 1

    def test_an_extractor_of_other_settings_is_not_the_same(self, mine, photos):
        bundled = BrandClassifier.load(mine, "hog-svm", pool(mine))
        spec = bundled.extractor_spec.model_copy(update={"weights": "others"})
        bundled = replace(bundled, extractor=Counting(bundled.extractor), extractor_spec=spec)
        TrainedModels.load(mine, pool(mine, bundled)).predict(Query(photos[0]))
        assert bundled.extractor.shoes == []


def test_several_threads_answer_as_one_does(trained, photos):
    one_by_one = [trained.predict(Query(photo)) for photo in photos]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(trained.predict, map(Query, photos))) == one_by_one


class TestLeftOut:
    def test_a_model_of_other_vectors_than_the_extractor_now_gives(self, mine):
        shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model("hog-old"))
        edit(mine.brand_model("hog-old") / "model.json", dim=77)
        models = TrainedModels.load(mine, pool(mine))
        assert list(models.left_out) == ["hog-old"]
        assert "77 numbers, but hog now gives" in models.left_out["hog-old"]
        assert "`sneakers train hog svm`" in models.left_out["hog-old"]

    @pytest.mark.parametrize("name", ["model.json", "model.onnx"])
    def test_a_model_without_one_of_its_files(self, mine, photos, name):
        shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model("hog-torn"))
        (mine.brand_model("hog-torn") / name).unlink()
        models = TrainedModels.load(mine, pool(mine))
        assert list(models.left_out) == ["hog-torn"]
        assert name in models.left_out["hog-torn"]
        assert [prediction.model for prediction in models.predict(Query(photos[0]))] == ["hog-svm"]

    def test_an_extractor_that_is_missing_leaves_nobody(self, mine):
        shutil.rmtree(mine.extractor("hog"))
        with pytest.raises(BundleError, match=r"none of the 1 trained models .*`sneakers embed hog`"):
            TrainedModels.load(mine, pool(mine))

    def test_a_folder_being_written_is_no_model(self, mine):
        shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model(".hog-svm.part"))
        (mine.brand_model(".hog-svm.part") / "model.json").unlink()
        assert TrainedModels.load(mine, pool(mine)).left_out == {}

    def test_nothing_trained(self, tmp_path):
        with pytest.raises(UsageError, match="no model is trained yet"):
            TrainedModels.load(Workspace(tmp_path), pool(Workspace(tmp_path)))


def test_a_model_that_was_not_trained(tiny):
    with pytest.raises(BundleError, match="missing"):
        BrandClassifier.load(tiny.workspace, "vgg-svm", pool(tiny.workspace))
