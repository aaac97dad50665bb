from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from sneakers_ml.errors import BundleError, DataError, UsageError
from sneakers_ml.features.extractor import read_spec
from sneakers_ml.serving.bundle import make_bundle
from sneakers_ml.serving.manifest import verify
from sneakers_ml.text.spec import read_text_spec
from sneakers_ml.workspace.choice import read_choice
from sneakers_ml.workspace.params import BundleParams
from sneakers_ml.workspace.paths import Workspace

PARAMS = BundleParams(thumbnail_side=128)
TEXT_FILES = ("tower.onnx", "photo_head.onnx", "text_vectors.npy", "words.npz", "readers.npz")


@pytest.fixture
def workspace(tiny, tmp_path):
    return tiny.copy(tmp_path / "ws")


def choose(workspace, **changes):
    """Have another model serve."""
    workspace.choice.write_text(read_choice(workspace.choice).model_copy(update=changes).model_dump_json())


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def thumbnails(bundle):
    with zipfile.ZipFile(bundle / "thumbnails.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_same_workspace_gives_the_same_bytes(tiny, workspace):
    heard = []
    report = make_bundle(workspace, PARAMS, lambda done, total: heard.append((done, total)))
    assert content(workspace.bundle) == content(tiny.workspace.bundle)
    assert (report.photos, report.products) == (144, 48)
    assert report.megabytes == pytest.approx(sum(map(len, content(workspace.bundle).values())) / 1e6)
    assert heard == [(done, 144) for done in range(1, 145)]


def edit_text(workspace, **changes):
    """Change what the stage `text` says of its files."""
    spec = read_text_spec(workspace.text).model_copy(update=changes)
    (workspace.text / "text.json").write_text(spec.model_dump_json())


def test_a_refitted_extractor_serves(workspace):
    """Here one that differs by its weights' name alone."""
    name = read_choice(workspace.choice).extractor
    shutil.copytree(workspace.extractor(name), workspace.refit)
    spec = read_spec(workspace.refit).model_copy(update={"weights": "refitted"})
    spec.save(workspace.refit)
    (workspace.refit / f"{name}.json").write_text("{}")
    edit_text(workspace, parts=(spec, *read_text_spec(workspace.text).parts[1:]))
    make_bundle(workspace, PARAMS)
    assert verify(workspace.bundle).extractor == spec


def test_the_words_are_those_of_the_stage_text(tiny):
    text = tiny.workspace.text
    assert verify(tiny.workspace.bundle).text == read_text_spec(text)
    for name in TEXT_FILES:
        assert (tiny.workspace.bundle / name).read_bytes() == (text / name).read_bytes(), name


def test_a_graph_that_describing_needs_beside_the_embedder_comes_along(workspace):
    """As an extractor of colours that is a network would; the one that is measures, and needs none."""
    part = read_spec(workspace.extractor("tinynet"))
    edit_text(workspace, parts=(*read_text_spec(workspace.text).parts, part))
    make_bundle(workspace, PARAMS)
    bundled = {path.name for path in workspace.bundle.glob("photo_*.onnx")}
    assert bundled == {"photo_head.onnx", "photo_tinynet.onnx"}
    assert verify(workspace.bundle).files["photo_tinynet.onnx"] == part.graph_sha256


def test_each_photo_of_the_gallery_has_its_own_small_picture(tiny):
    shown = thumbnails(tiny.workspace.bundle)
    gallery = pd.read_parquet(tiny.workspace.bundle / "gallery.parquet")
    assert list(shown) == [f"{photo}.webp" for photo in gallery["photo_id"]]
    for name, data in list(shown.items())[::9]:
        stored = tiny.workspace.photos / "images" / Path(name).with_suffix(".jpg")
        with Image.open(io.BytesIO(data)) as image, Image.open(stored) as photo:
            assert (image.format, max(image.size)) == ("WEBP", 128)
            expected = np.asarray(photo.resize(image.size, Image.Resampling.BOX), float)
            assert np.abs(np.asarray(image, float) - expected).mean() < 6


@pytest.mark.slow
def test_many_photos_get_smaller_pictures_that_fit_the_megabytes_given(workspace):
    make_bundle(workspace, BundleParams())
    large = thumbnails(workspace.bundle)
    budget = 0.6 * sum(map(len, large.values())) / 1e6
    make_bundle(workspace, BundleParams(thumbnail_megabytes=budget))
    small = thumbnails(workspace.bundle)
    assert sum(map(len, small.values())) / 1e6 <= 1.02 * budget
    sides = [max(Image.open(io.BytesIO(next(iter(shown.values())))).size) for shown in (large, small)]
    assert sides[1] < sides[0] <= 320


def test_the_products_are_those_of_the_gallery_with_their_offers(tiny):
    products = pd.read_parquet(tiny.workspace.bundle / "products.parquet")
    gallery = pd.read_parquet(tiny.workspace.bundle / "gallery.parquet")
    assert set(products["product_id"]) == set(gallery["product_id"])
    assert products["brand"].value_counts().to_dict() == {"arvo": 12, "brisko": 12, "corvane": 12, "duskell": 12}
    shops = products["offers"].map(lambda offers: tuple(sorted(offer["shop"] for offer in offers)))
    assert shops.value_counts().to_dict() == {("demo", "outlet"): 24, ("demo",): 24}


def test_an_index_that_shows_what_nobody_sells_is_refused(workspace):
    """As after a merge that no `sneakers index --update` followed."""
    catalogue = pd.read_parquet(workspace.products)
    catalogue["offers"] = [[], *catalogue["offers"].tolist()[1:]]
    catalogue.to_parquet(workspace.products)
    with pytest.raises(
        BundleError, match=r"shows 1 products that nobody sells any more; run `sneakers index --update`"
    ):
        make_bundle(workspace, PARAMS)


def test_colours_are_those_that_a_title_or_the_catalogues_colour_names(tiny, workspace):
    """Drawn titles end in two words of colour, such as 'Navy/Cream'; each is looked up in words.yaml by hand."""
    words = yaml.safe_load((files("sneakers_ml.text") / "words.yaml").read_text(encoding="utf-8"))["colours"]
    meaning = {word: colour for colour, entry in words.items() for word in (colour, *entry.get("en", ()))}
    catalogue = pd.read_parquet(workspace.products)
    titled = {
        row.product_id: sorted({meaning[word] for word in row.colour.lower().split("/") if word in meaning})
        for row in catalogue.itertuples()
    }
    bundled = pd.read_parquet(tiny.workspace.bundle / "products.parquet").set_index("product_id")["colours"]
    assert {product: list(colours) for product, colours in bundled.items()} == titled
    assert sum(map(len, titled.values())) > 48

    first, second, third = sorted(catalogue["product_id"])[:3]
    catalogue = catalogue.set_index("product_id")
    catalogue.loc[first, ["title", "colour"]] = "Arvo Red Rider", "crimson/Snow"  # of both, each once
    catalogue.loc[second, ["title", "colour"]] = "Arvo", "Core Black / Off White / Crimson"
    catalogue.loc[third, ["title", "colour"]] = "Arvo Glide", None
    catalogue.reset_index().to_parquet(workspace.products)
    make_bundle(workspace, PARAMS)
    bundled = pd.read_parquet(workspace.bundle / "products.parquet").set_index("product_id")["colours"]
    assert [list(bundled[product]) for product in (first, second, third)] == [
        ["red", "white"],
        ["black", "red", "white"],
        [],
    ]


@pytest.mark.parametrize(
    ("seen", "day"),
    [
        ([None, None], None),
        (["2026-03-09 23:59:59", "2025-12-31"], date(2026, 3, 9)),
        (["2026-03-09 22:30:00-05:00", None], date(2026, 3, 10)),  # as a clock in Greenwich says
    ],
)
def test_the_catalogues_day_is_that_of_its_newest_offer(workspace, seen, day):
    listings = pd.read_parquet(workspace.listings)
    times = pd.to_datetime(pd.Series([*seen, *[None] * (len(listings) - 2)]), utc=True, format="ISO8601")
    listings.assign(first_seen=times).to_parquet(workspace.listings)
    make_bundle(workspace, PARAMS)
    assert verify(workspace.bundle).catalogue_date == day


class TestRefusals:
    def test_an_extractor_without_a_graph_cannot_serve(self, workspace):
        choose(workspace, extractor="hog")
        with pytest.raises(UsageError, match=r"choice\.json: hog has no ONNX graph"):
            make_bundle(workspace, PARAMS)

    def test_an_index_of_another_extractor(self, workspace):
        spec = workspace.index / "index.json"
        spec.write_text(spec.read_text().replace("efficientnet_lite0", "hog"))
        with pytest.raises(BundleError, match="built for hog-svm, not efficientnet_lite0-svm; run `sneakers index`"):
            make_bundle(workspace, PARAMS)

    @pytest.mark.parametrize(
        ("part", "stage"),
        [
            ("models/extractors/efficientnet_lite0", "embed efficientnet_lite0"),
            ("models/brand/efficientnet_lite0-svm", "train EXTRACTOR CLASSIFIER"),
            ("models/index", "index"),
            ("models/text", "text"),
            ("data/catalogue", "merge"),
            ("reports", "evaluate"),
        ],
    )
    def test_a_missing_part_names_the_stage_to_run(self, workspace, part, stage):
        shutil.rmtree(workspace.root / part)
        with pytest.raises((BundleError, DataError), match=f"run `sneakers {stage}`"):
            make_bundle(workspace, PARAMS)

    def test_an_index_whose_rules_are_of_another_model(self, workspace):
        choose(workspace, classifier="sgd")
        with pytest.raises(BundleError, match="built for efficientnet_lite0-svm, not efficientnet_lite0-sgd"):
            make_bundle(workspace, PARAMS)

    def test_a_missing_file_of_a_part_is_named(self, workspace):
        before = content(workspace.bundle)
        model, extractor = workspace.brand_model("efficientnet_lite0-svm"), workspace.extractor("efficientnet_lite0")
        words = [workspace.text / name for name in TEXT_FILES]
        for file in (model / "model.onnx", extractor / "model.onnx", workspace.index / "index.faiss", *words):
            elsewhere = file.rename(workspace.root / "elsewhere")
            with pytest.raises(BundleError, match=f"{file}: missing; run `dvc repro`"):
                make_bundle(workspace, PARAMS)
            elsewhere.rename(file)
        assert content(workspace.bundle) == before

    def test_a_damaged_description_of_the_words(self, workspace):
        (workspace.text / "text.json").write_text("{")
        with pytest.raises(BundleError, match=r"text\.json: damaged; run `sneakers text`"):
            make_bundle(workspace, PARAMS)

    def test_words_of_another_gallery(self, workspace):
        before = content(workspace.bundle)
        gallery = workspace.index / "gallery.parquet"
        pd.read_parquet(gallery)[::-1].to_parquet(gallery)
        with pytest.raises(BundleError, match="words are of another gallery; run `sneakers text`"):
            make_bundle(workspace, PARAMS)
        assert content(workspace.bundle) == before

    def test_a_classifier_that_was_not_trained(self, workspace):
        choose(workspace, classifier="forest")
        with pytest.raises(BundleError, match="efficientnet_lite0-forest"):
            make_bundle(workspace, PARAMS)

    def test_an_empty_workspace(self, tmp_path):
        with pytest.raises(BundleError, match="run `sneakers evaluate`"):
            make_bundle(Workspace(tmp_path), PARAMS)


class TestTheOldBundleStays:
    def test_when_it_is_interrupted(self, workspace):
        before = content(workspace.bundle)

        def interrupt(done, _total):
            if done == 20:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make_bundle(workspace, PARAMS, interrupt)
        assert content(workspace.bundle) == before
        assert sorted(path.name for path in workspace.bundle.parent.iterdir()) == [
            "brand",
            "extractors",
            "index",
            "serving",
            "text",
        ]

    def test_when_a_photo_is_gone(self, workspace):
        before = content(workspace.bundle)
        photo = next(
            (workspace.photos / "images").glob(
                f"{pd.read_parquet(workspace.index / 'gallery.parquet')['photo_id'][7]}*"
            )
        )
        photo.unlink()
        with pytest.raises(DataError, match=rf"{photo.name}: There is no such file.*run `sneakers photos`"):
            make_bundle(workspace, PARAMS)
        assert content(workspace.bundle) == before

    def test_when_a_graph_was_changed_after_training(self, workspace):
        before = content(workspace.bundle)
        graph = workspace.brand_model("efficientnet_lite0-svm") / "model.onnx"
        graph.write_bytes(graph.read_bytes() + b"x")
        with pytest.raises(BundleError, match=r"brand\.onnx: not the graph that its description names"):
            make_bundle(workspace, PARAMS)
        assert content(workspace.bundle) == before
        verify(workspace.bundle)

    def test_when_the_text_tower_was_changed_after_training(self, workspace):
        before = content(workspace.bundle)
        tower = workspace.text / "tower.onnx"
        tower.write_bytes(tower.read_bytes() + b"x")
        with pytest.raises(BundleError, match=r"tower\.onnx: not the graph that its description names"):
            make_bundle(workspace, PARAMS)
        assert content(workspace.bundle) == before
