from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from sneakers_ml import images
from sneakers_ml.brand_model import BrandModel
from sneakers_ml.errors import BundleError, UsageError
from sneakers_ml.features.extractor import load_extractor
from sneakers_ml.serving.answer import BrandScore
from sneakers_ml.serving.panel import Member, Panel, Verdict
from sneakers_ml.serving.recognizer import BrandJudge, Recognizer
from sneakers_ml.serving.words import verdict_row, verdicts_json
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


def test_each_model_says_what_it_says_as_the_only_judge(recognizer: Recognizer, tiny, photos):
    panel = Panel.load(tiny.workspace, threads=1)
    assert panel.left_out == {}
    for photo in photos[:2]:
        verdicts = panel.verdicts(photo)
        assert [verdict.model for verdict in verdicts] == sorted(p.name for p in tiny.workspace.brand_models.iterdir())
        for verdict in verdicts:
            if not verdict.model.endswith("-svm"):
                continue
            judge = BrandJudge.load(tiny.workspace.brand_model(verdict.model), tiny.workspace.extractors)
            answer = recognizer.answer(photo, judge=judge)
            alone = [(answer.brand, answer.confidence), *((a.brand, a.confidence) for a in answer.alternatives)]
            assert [brand.brand for brand in verdict.brands] == [brand for brand, _ in alone]
            assert [brand.confidence for brand in verdict.brands] == pytest.approx([c for _, c in alone], abs=1e-5)


def test_known_is_by_each_models_own_threshold(mine, photos):
    shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model("hog-strict"))
    edit(mine.brand_model("hog-svm") / "model.json", unknown_threshold=0.0)
    edit(mine.brand_model("hog-strict") / "model.json", unknown_threshold=1.01)
    verdicts = Panel.load(mine).verdicts(photos[0])
    assert {verdict.model: verdict.known for verdict in verdicts} == {"hog-strict": False, "hog-svm": True}


class Counting:
    """An extractor that counts how often it is asked."""

    def __init__(self, inner):
        self.inner, self.asked, self.dim = inner, 0, inner.dim

    def transform(self, shoes):
        self.asked += 1
        return self.inner.transform(shoes)


def test_models_of_one_extractor_share_its_vector(mine, photos):
    hog = Counting(load_extractor(mine.extractor("hog")))
    model = BrandModel.open(mine.brand_model("hog-svm"))
    panel = Panel({name: Member(model, hog, "none") for name in ("a", "b", "c")}, {})
    for number, photo in enumerate(photos, start=1):
        assert len({verdict.brands for verdict in panel.verdicts(photo)}) == 1
        assert hog.asked == number


def test_several_threads_answer_as_one_does(tiny, photos):
    panel = Panel.load(tiny.workspace, threads=1)
    one_by_one = [panel.verdicts(photo) for photo in photos]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(panel.verdicts, photos)) == one_by_one


class TestLeftOut:
    def test_a_model_of_other_vectors_than_the_extractor_now_gives(self, mine):
        shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model("hog-old"))
        edit(mine.brand_model("hog-old") / "model.json", dim=77)
        panel = Panel.load(mine)
        assert list(panel.left_out) == ["hog-old"]
        assert "77 numbers, but hog now gives" in panel.left_out["hog-old"]
        assert "`sneakers train hog svm`" in panel.left_out["hog-old"]

    @pytest.mark.parametrize("name", ["model.json", "model.onnx"])
    def test_a_model_without_one_of_its_files(self, mine, photos, name):
        shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model("hog-torn"))
        (mine.brand_model("hog-torn") / name).unlink()
        panel = Panel.load(mine)
        assert list(panel.left_out) == ["hog-torn"]
        assert name in panel.left_out["hog-torn"]
        assert [verdict.model for verdict in panel.verdicts(photos[0])] == ["hog-svm"]

    def test_an_extractor_that_is_missing_leaves_nobody(self, mine):
        shutil.rmtree(mine.extractor("hog"))
        with pytest.raises(BundleError, match=r"none of the 1 trained models .*`sneakers embed hog`"):
            Panel.load(mine)

    def test_a_folder_being_written_is_no_model(self, mine):
        shutil.copytree(mine.brand_model("hog-svm"), mine.brand_model(".hog-svm.part"))
        (mine.brand_model(".hog-svm.part") / "model.json").unlink()
        assert Panel.load(mine).left_out == {}

    def test_nothing_trained(self, tmp_path):
        with pytest.raises(UsageError, match="no model is trained yet"):
            Panel.load(Workspace(tmp_path))


class TestWords:
    SCORES = (BrandScore("new balance", 0.87654321), BrandScore("nike", 0.1234567))

    def test_a_row(self):
        assert verdict_row(Verdict("net-svm", "random", True, self.SCORES)) == (
            "net-svm (untrained)",
            "New Balance",
            "88 %",
            "yes",
            "Nike 12 %",
        )
        assert verdict_row(Verdict("net-svm", "none", False, self.SCORES[:1])) == (
            "net-svm",
            "New Balance",
            "88 %",
            "no",
            "",
        )

    def test_json(self):
        told = verdicts_json(Verdict(name, name, False, self.SCORES) for name in ("random", "none"))
        usual = {
            "brand": "new balance",
            "confidence": 0.876543,
            "known": False,
            "brands": [{"brand": "new balance", "confidence": 0.876543}, {"brand": "nike", "confidence": 0.123457}],
        }
        assert told == {"random": usual | {"untrained": True}, "none": usual}
        json.dumps(told, allow_nan=False)
