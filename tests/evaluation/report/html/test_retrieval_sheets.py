from __future__ import annotations

from dataclasses import replace

import pytest

from sneakers_ml.evaluation.report.html.photo_facts import PhotoFacts
from sneakers_ml.evaluation.report.html.pictures import Pictures
from sneakers_ml.evaluation.report.html.retrieval_sheets import retrieval_sheets
from tests.evaluation.builders import page_data, selection


def sheets(seed=0):
    data = page_data()
    found = selection().retrieval
    return retrieval_sheets(found, PhotoFacts(data.photos, data.catalogue.products), Pictures(), seed)


def test_the_worst_first_and_each_model_once():
    """Angles 0 10 12 | 60 90 95, models a a b | b c c; the street's photos have no other of their model."""
    worst, others = sheets()
    assert (worst.name, others.name) == ("Worst, own shops", "At random, own shops")
    # 12 has 60 third, after 10 and 0: AP 1/3; 10 has 0 second, after 12: AP 1/2; 90 has 95 first.
    assert [sheet.fact.title for sheet in worst.sheets] == ["Bolt", "Air", "Court"]
    assert [sheet.average_precision for sheet in worst.sheets] == pytest.approx([1 / 3, 1 / 2, 1])
    assert len(others.sheets) == 3


def test_neighbours_stand_by_similarity_and_say_whether_they_are_right():
    sheet = next(sheet for group in sheets() for sheet in group.sheets if sheet.fact.title == "Court")
    assert (sheet.place, sheet.relevant) == ("laces", 1)
    assert [each.right for each in sheet.neighbours] == [True] + [False] * 6  # its own photo is not there
    scores = [each.score for each in sheet.neighbours]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(0.99619, abs=1e-4)  # 5 degrees


def test_a_seed_draws_the_same():
    assert sheets(3) == sheets(3)


def test_places_are_told_from_own_shops():
    found = selection().retrieval
    data = page_data()
    there = replace(found, sources=["own shops"] * 4 + ["street"] * 4)
    groups = retrieval_sheets(there, PhotoFacts(data.photos, data.catalogue.products), Pictures(), 0)
    assert {group.name: {sheet.place for sheet in group.sheets} for group in groups} == {
        "Worst, own shops": {"kicks"},  # of the model of 12 and 60 degrees, which are as bad, the first
        "At random, own shops": {"kicks", "laces"},
        "Worst, places not trained on": {"street"},
        "At random, places not trained on": {"street"},
    }
