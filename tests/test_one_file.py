"""Adding an extractor or a classifier takes one file, this one, and its name in params.yaml."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import yaml
from pydantic import Field
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.classifier import CLASSIFIERS, Classifier
from sneakers_ml.classifiers.export import pipeline_to_onnx
from sneakers_ml.errors import UsageError
from sneakers_ml.features.crop import fill_square
from sneakers_ml.features.extractor import EXTRACTORS, KINDS, ExtractorSpec
from sneakers_ml.registry import Registry, Section
from sneakers_ml.workspace.paths import PROJECT_ROOT
from tests.support.command import run_here


class MosaicParams(Section):
    """A shoe as a few large pixels."""

    side: int = Field(4, ge=1)


class Mosaic:
    def __init__(self, side):
        self.side = side
        self.dim = 3 * side**2

    def transform(self, shoes):
        return np.stack([fill_square(shoe, self.side).ravel() / np.float32(255) for shoe in shoes])


@EXTRACTORS.register("mosaic", MosaicParams)
def prepare(params, folder, context):
    return ExtractorSpec(
        name="mosaic", kind="mosaic", dim=Mosaic(params.side).dim, settings=params.model_dump(), weights="none"
    )


@KINDS.register("mosaic")
def load(spec, graph, threads):
    return Mosaic(**spec.settings)


class BayesParams(Section):
    """The smoothing of variances that are tried."""

    smoothing: tuple[float, ...] = (1e-3, 1e-1)


@CLASSIFIERS.register("bayes", BayesParams)
class Bayes(Classifier):
    def tune(self, data, on_progress):
        on_progress(1, 1)
        return {"smoothing": max(self.settings.smoothing)}, 0.5

    def fit(self, choice, data, validation):
        return Pipeline([("bayes", GaussianNB(var_smoothing=choice["smoothing"]))]).fit(data.vectors, data.brands)

    def to_onnx(self, fitted):
        return pipeline_to_onnx(fitted)


@pytest.fixture(scope="module")
def workspace(tiny, tmp_path_factory):
    """The tiny workspace whose params.yaml names the two, and nothing else to embed and train."""
    workspace = tiny.copy(tmp_path_factory.mktemp("toys") / "workspace")
    params = yaml.safe_load(workspace.params.read_text(encoding="utf-8"))
    params["embed"] = {"names": ["mosaic"], "mosaic": {"side": 6}}
    params["train"] = {"extractors": ["mosaic"], "names": ["bayes"], "folds": 2, "bayes": {"smoothing": [0.02]}}
    workspace.params.write_text(yaml.safe_dump(params), encoding="utf-8")
    shutil.rmtree(workspace.brand_models)
    return workspace


def test_both_run_from_photos_to_an_answer(workspace, tiny, capsys):
    def sneakers(*arguments):
        outcome = run_here(capsys, "--workspace", workspace.root, *arguments)
        assert outcome.code == 0, outcome.err
        return outcome.out

    sneakers("embed", "mosaic")
    sneakers("train", "mosaic", "bayes")
    sneakers("evaluate")
    assert "mosaic-bayes" in (workspace.reports / "evaluation.md").read_text(encoding="utf-8")
    spec = json.loads((workspace.brand_model("mosaic-bayes") / "model.json").read_text())
    assert (spec["dim"], spec["choice"]) == (3 * 6 * 6, {"smoothing": 0.02})
    answer = json.loads(sneakers("predict", tiny.queries[0].path, "--model", "mosaic-bayes", "--json"))
    assert answer["brand"] in spec["labels"]
    assert len(answer["brands"]) == len(spec["labels"])


class TestRegistry:
    def test_a_name_is_found_in_the_module_that_registers_it(self):
        """Which is loaded by the name of the entry, or with all the others of its package."""
        registry = Registry("room", "no_such_package_is_asked_for_what_is_registered")
        registry.register("toy")(len)
        assert registry["toy"] is len
        assert {"hog", "sift", "concat", "resnet152", "efficientnet_lite0", "lite0_grid"} <= set(EXTRACTORS.names())
        assert {"svm", "sgd", "logistic", "catboost"} <= set(CLASSIFIERS.names())
        assert {"hog", "sift", "concat", "onnx"} <= set(KINDS.names())

    @pytest.mark.parametrize("name", ["vgg", "", "../hog", "embed", "os"])
    def test_a_name_that_nobody_registers_names_those_there_are(self, name):
        with pytest.raises(UsageError, match=r"there is no extractor .*; choose from .*concat, efficientnet_lite0"):
            EXTRACTORS[name]

    def test_the_settings_of_one_load_no_other(self):
        """Torch, scikit-learn and ONNX take seconds and hundreds of megabytes, which HOG and a joining do not need."""
        code = (
            "import sys; from pathlib import Path; from sneakers_ml.embedding.prepare import prepare_extractor;"
            "from sneakers_ml.workspace.params import load_params; params = load_params(Path('params.yaml')).embed;"
            "prepare_extractor('hog', params, Path(sys.argv[1]));"
            "print(sorted({'torch', 'sklearn', 'onnx'} & set(sys.modules)))"
        )
        with TemporaryDirectory() as folder:
            command = [sys.executable, "-c", code, f"{folder}/hog"]
            result = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
        assert result.stdout.strip() == "[]"
