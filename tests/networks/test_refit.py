from __future__ import annotations

import numpy as np
import pytest

import tests.support.tinybackbone  # noqa: F401 - registers itself
from sneakers_ml.embedding.store import load_features
from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.features.crop import cut, shoe_region
from sneakers_ml.features.extractor import load_extractor, read_spec
from sneakers_ml.files import write_atomically
from sneakers_ml.networks.finetune import WEIGHTS, finetune
from sneakers_ml.networks.refit import refit
from sneakers_ml.workspace.choice import Choice
from sneakers_ml.workspace.params import EmbedParams
from sneakers_ml.workspace.paths import Workspace
from tests.networks.builders import draw, make_workspace, toy_params

BRANDS = ("arvo", "brisko")
SIDES = ("train", "train", "val", "test")
EMBED = EmbedParams(names=())
NAME = "tuned_tinybackbone"


def choose(workspace, extractor):
    choice = Choice(extractor=extractor, classifier="head", rule="", unseen_sources=(), stand_in=False, candidates=())
    write_atomically(workspace.choice, choice.model_dump_json().encode())


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    """A workspace with a fine-tuned network that was chosen, and the pictures of its photos."""
    shown = [(brand, model, photo) for brand in (0, 1) for model in range(4) for photo in range(3)]
    rows = [
        {
            "product": f"{BRANDS[brand]}-{model}",
            "brand": BRANDS[brand],
            "split": SIDES[model],
            "picture": draw(brand, model, photo),
        }
        for brand, model, photo in shown
    ]
    rows.append({"product": "other", "brand": "other", "known": False, "split": "test", "picture": draw(0, 9)})
    workspace = make_workspace(Workspace(tmp_path_factory.mktemp("refit")), rows, {row["product"]: {} for row in rows})
    finetune(workspace, "tinybackbone", toy_params(steps=20))
    choose(workspace, NAME)
    return workspace, [row["picture"] for row in rows]


def test_the_network_learns_from_all_photos_of_its_labels(tuned):
    workspace, pictures = tuned
    result = refit(workspace, toy_params(steps=20, refit_steps=12), EMBED)
    assert (result.extractor, result.photos, result.steps) == (NAME, 24, 12)
    before, after = read_spec(workspace.network("tinybackbone")), read_spec(workspace.refit)
    assert (after.name, after.dim, after.searched, after.brands) == (NAME, before.dim, before.searched, BRANDS)
    assert after.graph_sha256 != before.graph_sha256
    assert not list(workspace.networks.glob("*.refit"))
    features = load_features(workspace.refit, NAME)
    expected = load_extractor(workspace.refit, threads=1).transform([cut(one, shoe_region(one)) for one in pictures])
    np.testing.assert_allclose(features.vectors, expected, atol=1e-5)


@pytest.mark.parametrize(("extractor", "steps"), [(NAME, 0), ("hog", 12)])
def test_without_steps_or_a_network_nothing_is_left_there(tuned, extractor, steps):
    workspace, _ = tuned
    choose(workspace, extractor)
    result = refit(workspace, toy_params(steps=20, refit_steps=steps), EMBED)
    assert (result.extractor, result.photos, result.steps) == (extractor, 0, 0)
    assert list(workspace.refit.iterdir()) == []
    choose(workspace, NAME)


def test_missing_weights_are_named(tuned):
    workspace, _ = tuned
    weights = workspace.network("tinybackbone") / WEIGHTS
    held = weights.read_bytes()
    try:
        weights.unlink()
        with pytest.raises(DataError, match=r"network.safetensors: missing or damaged"):
            refit(workspace, toy_params(refit_steps=12), EMBED)
    finally:
        weights.write_bytes(held)


def test_before_a_choice_it_names_evaluate(tmp_path):
    with pytest.raises(BundleError, match="run `sneakers evaluate`"):
        refit(Workspace(tmp_path), toy_params(refit_steps=12), EMBED)
