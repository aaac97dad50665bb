"""Adding an extractor or a classifier takes one file, this one, and its name in params.yaml."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import yaml
from pydantic import Field
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline

from sneakers_ml.classifiers.classifier import CLASSIFIERS, Classifier
from sneakers_ml.classifiers.export import pipeline_to_onnx
from sneakers_ml.features.crop import fill_square
from sneakers_ml.features.extractor import EXTRACTORS, KINDS, ExtractorSpec
from sneakers_ml.registry import Section
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
    del params["evaluate"]["serve"]
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
