from __future__ import annotations

import numpy as np
import pandas as pd

from sneakers_ml.evaluation.metrics.label_errors import LabelErrors
from sneakers_ml.evaluation.report.html.data_checks import duplicate_photos, suspects
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFacts
from sneakers_ml.evaluation.report.html.pictures import Pictures
from tests.evaluation.builders import page_data


def facts(photos):
    return PhotoFacts(photos, page_data().catalogue.products)


def test_a_suspect_has_its_label_and_what_it_rather_shows():
    photos = page_data().photos
    found = LabelErrors(8, 0.75, np.array([5, 2]), np.array(["n", "p"]), np.array([0.9, 0.8]), np.array([0.1, 0.2]))
    first, second = suspects(found, photos, facts(photos), Pictures())
    assert (first.fact.brand, first.suggested, first.confidence, first.given) == ("p", "n", 0.9, 0.1)
    assert (second.fact.brand, second.fact.title, second.picture) == ("a", "Bolt", 1)


def test_thirty_suspects_at_most():
    photos = pd.concat([page_data().photos.iloc[:1].assign(photo_id=f"{number}") for number in range(40)])
    found = LabelErrors(40, 0.5, np.arange(40), np.array(["p"] * 40), np.ones(40), np.zeros(40))
    assert len(suspects(found, photos, facts(photos), Pictures())) == 30


def test_duplicates_across_brands_come_before_those_across_sources_and_products():
    photos = page_data().photos
    photos["duplicate_group"] = [0, 0, 1, 2, 1, 3, 4, 4]  # one product; two brands, products and sources; two brands
    found = duplicate_photos(photos, facts(photos), Pictures())
    assert (found.groups, found.photos, found.across_products, found.across_sources) == (3, 6, 2, 1)
    assert [group.differs for group in found.shown] == [
        "2 brands, 2 products, 2 sources",
        "2 brands, 2 products",
        "one product, one source",
    ]


def test_of_a_large_group_four_are_shown():
    photos = page_data().photos.assign(duplicate_group=1)
    (group,) = duplicate_photos(photos, facts(photos), Pictures()).shown
    assert (group.photos, len(group.pictures)) == (8, 4)


def test_no_duplicates():
    photos = page_data().photos.assign(duplicate_group=range(8))
    found = duplicate_photos(photos, facts(photos), Pictures())
    assert (found.groups, found.photos, found.shown) == (0, 0, ())
