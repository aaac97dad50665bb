from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.evaluation.places import OWN, RESTYLED
from sneakers_ml.evaluation.report.html.failures import brand_failures, unknown_failures
from sneakers_ml.evaluation.report.html.photo_facts import PhotoFacts
from sneakers_ml.evaluation.report.html.pictures import Picture, Pictures
from tests.evaluation.builders import brand_result, page_data

IDS = [f"{number}-0-0" for number in range(6)]


def facts():
    data = page_data()
    return PhotoFacts(data.photos, data.catalogue.products)


def result(**changes):
    """Wrong are the second photo (adidas with 0.6) and the fourth (nike with 0.9); the sixth is of an unknown brand."""
    return brand_result(photo_ids=IDS, sources=[OWN, RESTYLED, "street", OWN, OWN, OWN], **changes)


def test_the_surest_mistake_comes_first_with_what_was_said_and_what_is_true():
    first, second = brand_failures(result(), facts(), Pictures())
    assert (first.place, first.own, first.said, first.confidence) == ("laces", True, "nike", 0.9)
    assert first.truth_confidence == pytest.approx(0.05)  # of adidas
    assert first.fact.title == "Bolt"
    assert (second.place, second.own, second.said, second.truth_confidence) == (RESTYLED, False, "adidas", 0.3)


def test_a_restyled_photo_is_shown_as_the_model_saw_it():
    pictures, shown = Pictures(), []
    brand_failures(result(), facts(), pictures)
    pictures.data_uris(lambda each: shown.append(each) or np.zeros((20, 20, 3), np.uint8), 10**6)
    assert shown == [Picture("3-0-0"), Picture("1-0-0", True)]


def test_no_more_than_asked_for():
    assert len(brand_failures(result(), facts(), Pictures(), count=1)) == 1


def test_unknown_brands_have_no_probability_of_their_own():
    (found,) = unknown_failures(result(), facts(), Pictures())
    assert (found.said, found.confidence, found.truth_confidence) == ("nike", 0.65, None)
