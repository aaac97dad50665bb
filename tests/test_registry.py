from __future__ import annotations

import subprocess
import sys
from tempfile import TemporaryDirectory

import pytest
from pydantic import Field

from sneakers_ml.classifiers.classifier import CLASSIFIERS
from sneakers_ml.errors import ParamsError, UsageError
from sneakers_ml.features.extractor import EXTRACTORS, KINDS
from sneakers_ml.registry import Registry, Section
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT


class Size(Section):
    side: int = Field(8, ge=2)


@pytest.fixture
def shapes():
    """Two shapes, one of which can be set."""
    registry = Registry("shape", section="draw")
    registry.register("square", Size)("a square")
    registry.register("dot")("a dot")
    return registry


def test_what_was_registered_is_there_by_name(shapes):
    assert (shapes["square"], shapes["dot"], shapes.names()) == ("a square", "a dot", ["dot", "square"])


def test_settings_are_those_of_the_section_or_the_models_own(shapes):
    assert shapes.settings("square", {"square": {"side": 3}}) == Size(side=3)
    assert shapes.settings("square", {}) == Size(side=8)
    assert shapes.settings("dot", {"dot": None}) == Section()


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"square": {"side": 1}}, "draw.square.side: Input should be greater than or equal to 2"),
        ({"square": {"site": 3}}, "draw.square.site: Extra inputs are not permitted"),
        ({"dot": {"side": 3}}, "draw.dot.side: Extra inputs are not permitted"),
        ({"ring": {}}, "draw.ring: there is no shape of that name"),
    ],
)
def test_sections_that_do_not_fit_are_named(shapes, sections, message):
    with pytest.raises(ParamsError, match=rf"^params\.yaml: {message}"):
        shapes.check(sections)


def test_a_section_named_like_a_module_that_registers_nothing_is_none():
    """`crop` is a module of the rooms that extractors lie in, and no extractor."""
    with pytest.raises(ParamsError, match=r"embed\.crop: there is no extractor of that name"):
        EXTRACTORS.settings("hog", {"crop": {"side": 3}})


def test_the_projects_own_sections_fit():
    params = load_params(PROJECT_ROOT / "params.yaml")
    EXTRACTORS.check(params.embed.sections)
    CLASSIFIERS.check(params.train.sections)


def test_entries_are_found_in_the_modules_that_register_them():
    assert {"hog", "sift", "concat", "resnet152", "efficientnet_lite0", "lite0_grid"} <= set(EXTRACTORS.names())
    assert {"svm", "sgd", "logistic", "catboost"} <= set(CLASSIFIERS.names())
    assert {"hog", "sift", "concat", "onnx"} <= set(KINDS.names())


@pytest.mark.parametrize("name", ["vgg", "", "../hog", "embed", "os", "hog|sift"])
def test_a_name_that_nobody_registers_names_those_there_are(name):
    with pytest.raises(UsageError, match=r"there is no extractor .*; choose from .*concat, efficientnet_lite0"):
        EXTRACTORS[name]


def test_the_settings_of_one_load_no_other():
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
