from __future__ import annotations

import json
import shutil
from itertools import chain

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import BundleError, DataError
from sneakers_ml.text.lexicon import lexicon, tokens_of
from sneakers_ml.text.training.photos import CaptionedPhotos


@pytest.fixture(scope="module")
def photos(tiny):
    return CaptionedPhotos.read(tiny.workspace, lexicon())


@pytest.fixture
def workspace(tmp_path, text_workspace):
    return text_workspace(tmp_path)


def vectors_of(workspace, name, photo_ids):
    """The stored vectors of photos, by the ids beside them."""
    rows = np.load(workspace.features / f"{name}.npy")
    places = {
        photo: place
        for place, photo in enumerate(json.loads((workspace.features / f"{name}.json").read_text())["photo_ids"])
    }
    return rows[[places[photo] for photo in photo_ids]]


class TestTiny:
    def test_rows_are_the_gallerys_photos_in_its_order(self, tiny, photos):
        gallery = pd.read_parquet(tiny.workspace.index / "gallery.parquet")
        assert photos.rows["photo_id"].tolist() == gallery["photo_id"].tolist()
        assert photos.rows["product_id"].tolist() == gallery["product_id"].tolist()
        sides = pd.read_parquet(tiny.workspace.split).set_index("photo_id")["split"]
        assert photos.rows["split"].tolist() == sides[gallery["photo_id"]].tolist()

    def test_each_has_its_product_and_title(self, tiny, photos):
        titles = pd.read_parquet(tiny.workspace.products).set_index("product_id")["title"]
        assert photos.products["product_id"].is_monotonic_increasing
        owners = photos.products["product_id"].to_numpy()[photos.rows["product"]]
        assert owners.tolist() == photos.rows["product_id"].tolist()
        assert photos.rows["title"].tolist() == titles[owners].tolist()

    def test_texts_tell_all_of_a_product(self, photos):
        place = photos.products.index[photos.products["title"] == "Arvo Drift 'Navy/Cream'"][0]
        assert {"arvo", "Drift", "'Navy/Cream'", "unisex", "AR1212200"} <= set(photos.texts[place].split())
        assert len(photos.texts) == len(photos.products) == 48

    def test_inputs_are_the_unit_vectors_of_both_extractors(self, tiny, photos):
        parts = [
            vectors_of(tiny.workspace, name, photos.rows["photo_id"]) for name in ("efficientnet_lite0", "colours")
        ]
        unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in parts]
        np.testing.assert_allclose(photos.inputs, np.hstack(unit), atol=1e-5)
        assert [spec.name for spec in photos.specs] == ["efficientnet_lite0", "colours"]
        np.testing.assert_array_equal(photos.measured, parts[1])
        assert photos.served is photos.inputs

    def test_sides_share_out_the_photos(self, photos):
        places = [photos.side(side).tolist() for side in ("train", "val", "test")]
        assert sorted(chain(*places)) == list(range(144))
        assert set(photos.rows["split"].iloc[places[2]]) == {"test"}
        assert photos.side("nowhere").tolist() == []

    def test_titles_are_those_of_the_photos_products(self, photos):
        place = int(np.flatnonzero(photos.rows["title"] == "Corvane Monolith 'Red/Pine'")[0])
        assert tuple(tokens_of(photos.titles(np.array([place]))[0])[:4]) == ("corvan", "monolith", "red", "=red")

    def test_colours_are_learnt_from_titles_of_training_photos(self, photos):
        """Colours that at least eight training photos are named after."""
        shades = {"white": "White", "red": "Red|Wine", "pink": "Rose|Coral|Magenta", "purple": "Plum|Lilac"}
        training = photos.rows.loc[photos.rows["split"] == "train", "title"]
        enough = {name for name, shade in shades.items() if training.str.contains(shade).sum() >= 8}
        assert {term.name for term in photos.colours.terms} & shades.keys() == enough

    def test_what_was_seen_is_what_is_likely(self, photos):
        likely = photos.colours.probabilities(photos.measured)
        for row, seen in zip(likely, photos.seen, strict=True):
            assert [photos.colours.terms[place] for place in np.flatnonzero(row >= 0.4)] == list(seen)

    def test_training_photos_mostly_show_the_colours_of_their_titles(self, photos):
        known = set(photos.colours.terms)
        hits = [
            known.intersection(photos.captions.colours[photos.rows["product"].iloc[place]]) & set(photos.seen[place])
            for place in photos.side("train")
        ]
        assert np.mean(list(map(bool, hits))) > 0.7


def test_products_come_in_order_of_their_ids_however_they_are_stored(workspace, photos):
    pd.read_parquet(workspace.products)[::-1].to_parquet(workspace.products)
    again = CaptionedPhotos.read(workspace, lexicon())
    assert again.products["product_id"].tolist() == photos.products["product_id"].tolist()
    assert again.texts == photos.texts


class TestRefitted:
    def test_served_vectors_are_those_of_the_refitted_extractor(self, workspace):
        shutil.copytree(workspace.extractor("efficientnet_lite0"), workspace.refit)
        shutil.copyfile(workspace.features / "efficientnet_lite0.json", workspace.refit / "efficientnet_lite0.json")
        turned = -np.load(workspace.features / "efficientnet_lite0.npy")
        np.save(workspace.refit / "efficientnet_lite0.npy", turned)
        photos = CaptionedPhotos.read(workspace, lexicon())
        np.testing.assert_allclose(photos.served[:, :1280], -photos.inputs[:, :1280], atol=1e-6)
        np.testing.assert_array_equal(photos.served[:, 1280:], photos.inputs[:, 1280:])

    def test_refitted_vectors_of_other_photos_are_refused(self, workspace):
        shutil.copytree(workspace.extractor("efficientnet_lite0"), workspace.refit)
        meta = json.loads((workspace.features / "efficientnet_lite0.json").read_text())
        meta["photo_ids"] = meta["photo_ids"][::-1]
        (workspace.refit / "efficientnet_lite0.json").write_text(json.dumps(meta))
        shutil.copyfile(workspace.features / "efficientnet_lite0.npy", workspace.refit / "efficientnet_lite0.npy")
        with pytest.raises(DataError, match="refit: vectors of other photos; run `sneakers refit`"):
            CaptionedPhotos.read(workspace, lexicon())


class TestProblems:
    def refused(self, workspace, message, error=DataError):
        with pytest.raises(error, match=message) as caught:
            CaptionedPhotos.read(workspace, lexicon())
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("file", "message"),
        [
            ("data/features/colours.npy", r"colours\.npy: missing; run `sneakers embed colours`"),
            ("data/features/efficientnet_lite0.json", r"run `sneakers embed efficientnet_lite0`"),
            ("data/photos/photos.parquet", r"photos\.parquet: missing; run `sneakers photos`"),
            ("data/split.parquet", r"split\.parquet: missing; run `sneakers split`"),
            ("models/index/gallery.parquet", r"gallery\.parquet: missing; run `sneakers index`"),
            ("data/catalogue/products.parquet", r"products\.parquet: missing; run `sneakers merge`"),
            ("data/catalogue/listings.parquet", r"listings\.parquet: missing; run `sneakers merge`"),
        ],
    )
    def test_a_missing_file_names_its_stage(self, workspace, file, message):
        (workspace.root / file).unlink()
        self.refused(workspace, message)

    def test_before_anything_was_chosen_it_says_what_chooses(self, workspace):
        workspace.choice.unlink()
        self.refused(workspace, r"choice\.json: missing; run `sneakers evaluate`", BundleError)

    def test_a_missing_extractor_is_named(self, workspace):
        (workspace.extractor("colours") / "extractor.json").unlink()
        self.refused(workspace, r"extractor\.json: missing; run `sneakers embed colours`", BundleError)

    def test_vectors_of_other_photos_are_refused(self, workspace):
        meta = json.loads((workspace.features / "colours.json").read_text())
        meta["photo_ids"] = meta["photo_ids"][::-1]
        (workspace.features / "colours.json").write_text(json.dumps(meta))
        self.refused(workspace, "vectors of other photos; run `sneakers embed colours`")

    def test_an_index_of_other_photos_is_refused(self, workspace):
        gallery = pd.read_parquet(workspace.index / "gallery.parquet")
        gallery.loc[3, "photo_id"] = "0" * 40
        gallery.to_parquet(workspace.index / "gallery.parquet")
        self.refused(workspace, "an index of other photos; run `sneakers index`")

    def test_photos_of_products_that_are_gone_are_refused(self, workspace):
        pd.read_parquet(workspace.products)[1:].to_parquet(workspace.products)
        self.refused(workspace, "photos of other products; run `sneakers photos`")


def test_where_titles_name_too_few_colours_none_are_seen(workspace):
    split = pd.read_parquet(workspace.split)
    split.assign(split="test").to_parquet(workspace.split)
    photos = CaptionedPhotos.read(workspace, lexicon())
    assert photos.colours is None
    assert photos.seen == [()] * 144
