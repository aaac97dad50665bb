"""Rules fitted on vectors placed by hand: a photo's angle is all that is known of it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.catalogue.cleaning.naming import NO_BRAND, NO_SNEAKER
from sneakers_ml.embedding.store import Features
from sneakers_ml.index.rules import fit_rules, gallery_photos, nearest_photos
from sneakers_ml.inference.evidence import NEAREST
from sneakers_ml.workspace.params import IndexParams

PARAMS = IndexParams(known_kept=0.9, sneakers_kept=0.97)


def table(*rows):
    """Of (product, model, brand, source, side, angle in degrees); each photo its own near-duplicate group."""
    columns = ["product_id", "model_id", "brand", "source", "split", "angle"]
    photos = pd.DataFrame(rows, columns=columns)
    photos["group"] = pd.factorize(photos["model_id"])[0]
    photos["duplicate_group"] = np.arange(len(photos))
    photos["known"] = photos["brand"].isin(["nike", "puma"])
    return photos


def features_of(photos, **meta):
    angles = np.radians(photos["angle"].to_numpy(float))
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    if "logits" in photos:
        vectors = np.concatenate([vectors, np.stack(photos["logits"].to_list())], axis=1, dtype=np.float32)
    return Features(vectors, tuple(map(str, photos.index)), meta)


class Namer:
    """Names nike, always as sure."""

    spec = SimpleNamespace(labels=("nike", "puma"))

    def __init__(self, confidence):
        self.confidence = confidence

    def probabilities(self, vectors):
        assert len(vectors)  # some graphs cannot run on nothing
        sure = np.full(len(vectors), self.confidence)
        return np.stack([sure, 1 - sure], axis=1)


class TestGallery:
    PHOTOS = table(
        ("p1", "m1", "nike", "a", "train", 0),
        ("p2", "m2", "mizuno", "a", "test", 10),
        ("p3", "m3", NO_BRAND, "a", "val", 20),
        ("p4", "m4", NO_SNEAKER, "things", "val", 30),
    )

    def test_it_shows_every_brand_but_no_other_things(self):
        assert gallery_photos(self.PHOTOS)["product_id"].tolist() == ["p1", "p2"]


class TestNearest:
    PHOTOS = table(
        ("p1", "m1", "nike", "a", "val", 0),
        ("p2", "m1", "nike", "a", "train", 10),
        ("p3", "m2", "nike", "b", "train", 60),
        ("p4", "m3", "puma", "b", "train", 90),
    )

    def ask(self, banned):
        return nearest_photos(self.PHOTOS, features_of(self.PHOTOS), self.PHOTOS, self.PHOTOS[:1], banned)

    def test_nearest_first_with_their_names(self):
        near = self.ask([])
        np.testing.assert_allclose(near.similarity, [np.cos(np.radians([0, 10, 60, 90]))], atol=1e-6)
        assert near.products.tolist() == [["p1", "p2", "p3", "p4"]]
        assert near.brands.tolist() == [["nike", "nike", "nike", "puma"]]

    @pytest.mark.parametrize(
        ("banned", "left"),
        [
            (["duplicate_group"], ["p2", "p3", "p4"]),
            (["group"], ["p3", "p4"]),
            (["group", "brand"], ["p4"]),
            (["group", "source"], ["p3", "p4"]),
        ],
    )
    def test_what_is_alike_in_a_column_is_left_out(self, banned, left):
        near = self.ask(banned)
        assert near.products.tolist() == [left + [""] * (4 - len(left))]
        assert np.isfinite(near.similarity).sum() == len(left)

    def test_there_is_a_limit(self):
        photos = table(*((f"p{n}", f"m{n}", "nike", "a", "val", n) for n in range(2 * NEAREST)))
        near = nearest_photos(photos, features_of(photos), photos, photos[:3], [])
        assert near.similarity.shape == (3, NEAREST)


def shop(name, start, *, gap=1.0, brand="nike", side="val", models=24):
    """A shop's models, a degree apart, each of two products that are `gap` apart."""
    for number in range(models):
        for colour in range(2):
            angle = start + 3 * number + colour * gap
            yield f"{name}{number}-{colour}", f"{name}{number}", brand, name, side, angle


class TestFloor:
    def test_of_two_sources_it_is_what_a_photo_finds_in_the_other(self):
        """Angles 0 to 9 in one shop, 20 in the other: the furthest find 20 degrees; half of its cosine, 0.94."""
        photos = table(
            *((f"a{n}", f"a{n}", "nike", "a", "val", n) for n in range(10)),
            *((f"b{n}", f"b{n}", "puma", "b", "val", 20) for n in range(10)),
        )
        rules = fit_rules(photos, features_of(photos), Namer(0.8), PARAMS)
        assert rules.floor == pytest.approx(np.cos(np.radians(20)) / 2, abs=1e-6)
        assert rules.sneaker.weights == {"similarity": 1.0}
        assert rules.sneaker.threshold == rules.floor

    def test_of_one_source_it_is_half_and_says_so(self):
        photos = table(*((f"a{n}", f"a{n}", "nike", "a", "val", 10 * n) for n in range(20)))
        rules = fit_rules(photos, features_of(photos), Namer(0.8), PARAMS)
        assert rules.floor == pytest.approx(np.cos(np.radians(10)) / 2, abs=1e-6)
        assert any(note.startswith("floor: validation photos of one source") for note in rules.notes)


class TestRelations:
    def test_models_that_are_told_apart_by_their_angle(self):
        """The other colour of a model is 0.2 degrees away, the next model 2.8 or more."""
        photos = table(*shop("a", 0, gap=0.2), *shop("b", 90, gap=0.2), *shop("c", 180, gap=0.2))
        rules = fit_rules(photos, features_of(photos), Namer(0.8), PARAMS)
        assert rules.figures["same model: precision"] >= 0.9
        assert rules.figures["same model: recall"] >= 0.9
        assert rules.precision == pytest.approx(rules.figures["same model: precision"], abs=1e-4)

    def test_products_with_one_photo_are_never_called_the_same(self):
        photos = table(*shop("a", 0), *shop("b", 120))
        rules = fit_rules(photos, features_of(photos), Namer(0.8), PARAMS)
        assert rules.same is None
        assert any(note.startswith("same: no validation photo has another of its own") for note in rules.notes)

    def test_models_that_nothing_tells_apart_are_never_called_the_same(self):
        rng = np.random.default_rng(0)
        rows = [(f"p{n}", f"m{n % 60}", "nike", "ab"[n % 2], "val", rng.uniform(0, 360)) for n in range(240)]
        photos = table(*rows)
        rules = fit_rules(photos, features_of(photos), Namer(0.8), PARAMS)
        assert rules.same_model is None
        assert "same model: no threshold is right that often" in " ".join(rules.notes)


class TestBrands:
    LABELS = ("nike", "puma", "mizuno", NO_SNEAKER)

    def photos(self, *, unlearnt=True, things=True):
        """Two shops of learnt brands, two unlearnt brands and other things, by mass on what they are."""
        rng = np.random.default_rng(3)
        rows, logits = [], []

        def add(count, brand, source, strong):
            for number in range(count):
                rows.append((f"{source}{brand}{number}", f"{source}{brand}{number}", brand, source, "val", len(rows)))
                logits.append(rng.normal(0, 0.3, 4) + 6 * (np.arange(4) == strong))

        add(40, "nike", "a", 0)
        add(30, "puma", "b", 1)
        if unlearnt:
            add(20, "asics", "a", 2)
            add(20, "fila", "b", 2)
        if things:
            add(25, NO_SNEAKER, "things", 3)
        return table(*rows).assign(logits=logits)

    def fit(self, **kinds):
        photos = self.photos(**kinds)
        features = features_of(photos, searched=2, brands=self.LABELS)
        return fit_rules(photos, features, Namer(0.8), PARAMS)

    def test_the_mass_tells_what_is_learnt_and_what_is_a_sneaker(self):
        rules = self.fit()
        assert rules.sneaker.weights == {"sneaker": 1.0}
        assert rules.floor == pytest.approx(np.cos(np.radians(40)), abs=1e-6)  # angle 0 of one shop to 40 of the other
        assert "learnt" in rules.brand.weights
        assert "confidence" not in rules.brand.weights
        assert rules.figures["known: called known"] >= 0.9
        assert rules.figures["known: called a sneaker"] >= 0.95
        assert rules.figures["unknown brands: called known"] == 0
        assert rules.figures["things: called a sneaker"] == 0

    def test_what_is_similar_to_nothing_is_not_known_whatever_the_network_says(self):
        photos = self.photos()
        things = photos["brand"] == NO_SNEAKER
        photos["logits"] = [
            [9.0, 0, 0, 0] if thing else old for thing, old in zip(things, photos["logits"], strict=True)
        ]
        called = {}
        for angle in (20.0, 180.0):
            features = features_of(
                photos.assign(angle=photos["angle"].where(~things, angle)), searched=2, brands=self.LABELS
            )
            called[angle] = fit_rules(photos, features, Namer(0.8), PARAMS).figures["things: called known"]
        assert called == {20.0: 1, 180.0: 0}

    def test_without_other_brands_or_things_it_says_what_is_not_known(self):
        rules = self.fit(unlearnt=False, things=False)
        notes = " ".join(rules.notes)
        assert rules.brand.weights == {"learnt": 1.0}
        assert "sneaker: no validation photo of other things" in notes
        assert "brand: no validation photo of an unlearnt brand" in notes
        assert list(rules.figures)[:2] == ["known: called known", "known: called a sneaker"]
        assert "unknown brands: called known" not in rules.figures

    def test_brands_that_a_network_was_shown_do_not_count_as_unknown(self):
        """Photos of asics pass for nike, but asics was trained on as another brand; fila alone is new."""
        photos = self.photos()
        like_nike = np.array([9.0, 0, 0, 0])
        photos["logits"] = [
            like_nike if brand == "asics" else logits
            for brand, logits in zip(photos["brand"], photos["logits"], strict=True)
        ]
        photos.loc[photos.index[photos["brand"] == "asics"][0], "split"] = "train"
        features = features_of(photos, searched=2, brands=self.LABELS)
        assert fit_rules(photos, features, Namer(0.8), PARAMS).figures["unknown brands: called known"] == 0

    def test_an_extractor_without_logits_goes_by_confidence_and_neighbours(self):
        photos = self.photos().drop(columns="logits")
        rules = fit_rules(photos, features_of(photos), Namer(0.8), PARAMS)
        assert set(rules.brand.weights) <= {"confidence", "agreement"}
        assert rules.sneaker.weights == {"similarity": 1.0}

    def test_nine_of_ten_known_photos_are_kept_by_source(self):
        """Of 40 photos of one source and 20 of another the kept share is the mean of the two sources' shares."""
        rules = self.fit(unlearnt=False, things=False)
        assert rules.figures["known: called known"] == pytest.approx(0.9, abs=0.03)


def test_the_same_photos_give_the_same_rules():
    photos = table(*shop("a", 0), *shop("b", 120, brand="puma"), *shop("c", 200, brand="mizuno"))
    first, second = (fit_rules(photos, features_of(photos), Namer(0.8), PARAMS) for _ in range(2))
    assert first == second
