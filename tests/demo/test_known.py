"""What the demo's models count as known: those of this checkout, where `make demo` has made some."""

from __future__ import annotations

import pytest
import yaml

from benchmarks.known import folder_photos, known_of_photos, known_of_test_photos
from demo.render.shoe.invented_brands import BRANDS
from sneakers_ml import images
from sneakers_ml.serving.recognizer import Recognizer
from sneakers_ml.workspace.params import load_params
from sneakers_ml.workspace.paths import PROJECT_ROOT, Workspace
from tests.support.photographs import photographs

HOME = Workspace(PROJECT_ROOT)
STREET = PROJECT_ROOT.parent / "shared" / "photos" / "street"
built = pytest.mark.skipif(not (HOME.bundle / "bundle.json").is_file(), reason="no models: run `make demo`")


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load(HOME.bundle, threads=1)


def test_the_pipeline_is_shown_brands_that_it_does_not_learn_and_other_things():
    learnt = load_params(PROJECT_ROOT / "params.yaml").split.brands
    assert len(BRANDS) - len(set(learnt or ())) == 2
    assert set(learnt or ()) < {brand.name for brand in BRANDS}
    stages = yaml.safe_load((PROJECT_ROOT / "demo" / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert "--things" in stages["draw"]["cmd"]
    assert "--no-sneakers" in stages["import"]["cmd"]


@built
def test_most_test_photos_of_learnt_brands_are_known():
    rows = known_of_test_photos(HOME)
    assert rows.loc[rows["learnt"], "known"].mean() >= 0.8
    assert rows.loc[rows["learnt"] & rows["known"], "right"].mean() >= 0.85
    assert rows.loc[rows["part"] == "other things", "known"].mean() <= 0.1


@built
def test_photographs_of_what_was_never_shown_are_hardly_ever_known(recognizer):
    assert known_of_photos(recognizer, photographs().values())["known"].mean() <= 0.1


@built
def test_the_photo_that_the_demo_ends_with_is_known(recognizer):
    answer = recognizer.answer(images.read(HOME.root / "data" / "demo" / "queries" / "06-fjarn-tarnpath.jpg"))
    assert (answer.brand, answer.known) == ("fjarn", True)


@built
@pytest.mark.real
@pytest.mark.skipif(not STREET.is_dir(), reason="no real photos lie beside the checkout")
def test_sneakers_of_the_street_are_hardly_ever_known(recognizer):
    assert known_of_photos(recognizer, folder_photos(STREET))["known"].mean() <= 0.1
