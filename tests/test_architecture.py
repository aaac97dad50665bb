"""What holds for every module: directions of imports, `__all__`, registries that params.yaml can name."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import yaml

from sneakers_ml.classifiers.classifier import make_classifier
from sneakers_ml.features.extractor import EXTRACTORS, load_extractor, read_spec
from sneakers_ml.index.faiss_store import CODECS
from sneakers_ml.workspace.params import IndexParams, Params, load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT
from tests.support import tiny as tiny_workspace
from tests.support.corpus import draw_shoe

PARAMS = load_params(PROJECT_ROOT / "params.yaml")
PACKAGES = {"sneakers_ml": PROJECT_ROOT / "src" / "sneakers_ml"} | {
    name: PROJECT_ROOT / name for name in ("bot", "demo", "scrapers")
}


def modules():
    for package, folder in PACKAGES.items():
        for file in sorted(folder.rglob("*.py")):
            parts = (package, *file.relative_to(folder).with_suffix("").parts)
            yield ".".join(part for part in parts if part != "__init__"), file


MODULES = dict(modules())
HEAVY = {"torch", "torchvision", "sklearn", "skl2onnx", "onnx", "catboost", "scrapy", "skimage", "matplotlib"}
HEAVY |= {"bm25s", "scipy", "open_clip", "timm"}


class TestModules:
    @pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__main__")])
    def test_all_names_what_is_there(self, name):
        """A file of nothing but a docstring, as most `__init__.py` are, has nothing to name."""
        module = importlib.import_module(name)
        if len(ast.parse(MODULES[name].read_text(encoding="utf-8")).body) > 1:
            assert hasattr(module, "__all__"), f"{name} has no __all__"
        names = getattr(module, "__all__", [])
        assert len(set(names)) == len(names)
        assert [missing for missing in names if not hasattr(module, missing)] == []

    @pytest.mark.parametrize("name", MODULES)
    def test_it_says_what_it_is_for(self, name):
        assert ast.get_docstring(ast.parse(MODULES[name].read_text(encoding="utf-8"))), f"{name} has no docstring"


class TestImports:
    def test_the_contracts_of_import_linter_hold(self):
        linter = Path(sys.executable).with_name("lint-imports")
        result = subprocess.run([linter, "--no-cache"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "0 broken" in result.stdout

    def test_serving_the_bot_and_the_page_load_no_training_library(self):
        """The contracts read what is written; this sees what is loaded, by way of other libraries too."""
        script = (
            "import json, sys; import sneakers_ml.serving.recognizer, sneakers_ml.cli, bot.app, bot.__main__;"
            "import sneakers_ml.web.server;"
            "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
        )
        result = subprocess.run(
            [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
        )
        assert HEAVY & set(json.loads(result.stdout)) == set()

    @pytest.mark.parametrize("command", ["find", "predict"])
    def test_nor_does_an_answer_on_the_command_line(self, tiny, command):
        """What is loaded when it has answered: a bundle's parts import what they need only when they are opened."""
        asked = "navy low" if command == "find" else str(tiny.queries[0].path)
        script = (
            "import json, sys; from sneakers_ml.cli.app import app;"
            "app(sys.argv[1:], standalone_mode=False);"
            "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
        )
        arguments = ["--workspace", str(tiny.root), command, asked, "--json"]
        result = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
        answer, loaded = map(json.loads, result.stdout.splitlines())
        assert answer["similar"]
        assert HEAVY & set(loaded) == set()


class TestRegistries:
    @pytest.mark.parametrize("name", sorted({*PARAMS.embed.all, *PARAMS.train.extractors}))
    def test_every_extractor_that_params_name_is_there_and_set(self, name):
        assert name in PARAMS.embed.sections  # DVC wants its key
        assert EXTRACTORS.settings(name, PARAMS.embed.sections)

    @pytest.mark.parametrize("name", sorted(PARAMS.train.names))
    def test_every_classifier_that_params_name_is_there_and_set(self, name):
        assert name in PARAMS.train.sections
        assert make_classifier(name, PARAMS.train).settings

    @pytest.mark.parametrize("name", tiny_workspace.EXTRACTORS)
    def test_every_extractor_is_prepared_loaded_and_answers_with_its_dim(self, tiny, name):
        folder = tiny.workspace.extractor(name)
        spec = read_spec(folder)
        assert spec.name == name
        extractor = load_extractor(folder, threads=1)
        vectors = extractor.transform([draw_shoe(), draw_shoe(48, 96, seed=1)])
        assert extractor.dim == spec.dim
        assert (vectors.shape, vectors.dtype) == ((2, spec.dim), np.float32)
        assert np.isfinite(vectors).all()

    def test_codecs_and_their_parameter_are_the_same(self):
        assert set(CODECS) == set(get_args(IndexParams.model_fields["codec"].annotation))

    def test_what_is_trained_on_is_embedded(self):
        assert set(PARAMS.train.extractors) <= set(PARAMS.embed.all)

    def test_params_yaml_spells_every_section_out(self):
        written = yaml.safe_load((PROJECT_ROOT / "params.yaml").read_text(encoding="utf-8"))
        assert set(written) == set(Params.model_fields)
