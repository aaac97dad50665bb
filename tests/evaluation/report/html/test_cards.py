from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sneakers_ml.catalogue.cleaning.naming import NO_SNEAKER
from sneakers_ml.evaluation.report.html.cards import data_card, model_card
from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.workspace.params import Params
from tests.evaluation.builders import findings, page_data, selection

SPEC = ExtractorSpec(name="net", kind="onnx", dim=6, settings={}, weights="x", graph_sha256="0" * 64, searched=4)


def test_the_model_in_facts():
    data = page_data()
    card = model_card(findings(), SPEC, data.photos, data.params)
    assert (card.name, card.extractor, card.classifier, card.dim) == ("net-svm", "net", "svm", 4)
    assert (card.megabytes, card.milliseconds, card.brands) == (12.3, 28.04, ("a", "n", "p"))
    assert [(side.photos, side.models, side.products) for side in card.sides] == [(0, 0, 0), (2, 2, 2), (6, 3, 3)]
    assert (card.tuned, card.refitted, card.known_kept) == (False, False, data.params.index.known_kept)
    assert card.known_auroc is None


def test_a_network_that_learns_once_more_says_so():
    data, chosen = page_data(), selection()
    choice = chosen.choice.model_copy(update={"extractor": "tuned_net", "candidates": ()})
    values = data.params.model_dump()
    values["finetune"] |= {"profiles": {}, "refit_steps": 5}
    params = Params.model_validate(values)
    found = findings()
    named = replace(found.brands[0], result=replace(found.brands[0].result, name="tuned_net-svm"))
    candidates = [each.model_copy(update={"extractor": "tuned_net"}) for each in chosen.choice.candidates[:1]]
    choice = choice.model_copy(update={"candidates": tuple(candidates)})
    tuned = replace(found, brands=[named], selection=replace(chosen, choice=choice))
    assert model_card(tuned, SPEC, data.photos, params).refitted
    assert not model_card(tuned, SPEC, data.photos, data.params).refitted


def test_brands_with_the_fewest_training_photos():
    data = page_data()
    photos = data.photos.assign(split="train")
    assert model_card(findings(), SPEC, photos, data.params).rare == (("a", 2), ("n", 3), ("p", 3))


def test_each_source_and_all_together():
    data = page_data()
    card = data_card(data.photos, data.catalogue)
    kicks, laces, street, everything = card.sources
    assert [each.name for each in card.sources] == ["kicks", "laces", "street", "all"]
    assert (kicks.photos, kicks.products, kicks.listings, kicks.price, kicks.colour) == (3, 2, 1, 1.0, 1.0)
    assert kicks.view == pytest.approx(2 / 3)
    assert (laces.price, laces.model, laces.colour, laces.unseen) == (0.5, 0.5, 0, False)
    assert (street.sides, street.unseen) == ((0, 2, 0), True)
    assert (everything.photos, everything.shops, everything.price, everything.width) == (8, 3, 0.5, 320)
    assert card.set_aside == (("no shoe", 2), ("no photo", 1))
    assert card.brand_photos == (("n", 3, True), ("p", 3, True), ("a", 2, True))


def test_brands_that_are_not_learnt_are_counted_apart():
    data = page_data()
    photos = data.photos.assign(known=data.photos["brand"] != "a")
    card = data_card(photos, data.catalogue, most=1)
    assert (card.brands, card.learnt_brands, card.unlearnt_photos, card.brand_photos) == (3, 2, 2, (("n", 3, True),))


def test_what_has_no_brand_is_no_brand():
    data = page_data()
    names = data.photos["brand"].replace({"a": NO_SNEAKER})
    card = data_card(data.photos.assign(brand=names, known=names != NO_SNEAKER), data.catalogue)
    assert (card.brands, card.unlearnt_photos, card.no_sneaker, card.no_brand) == (2, 0, 2, 0)
    assert [each.brands for each in card.sources] == [1, 2, 1, 2]


def test_nothing_set_aside():
    data = page_data()
    assert data_card(data.photos, replace(data.catalogue, set_aside=pd.DataFrame())).set_aside == ()
