from __future__ import annotations

from sneakers_ml.evaluation.choosing import Selection
from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.summary import Summary
from sneakers_ml.evaluation.places import OWN
from sneakers_ml.evaluation.report.selection import selection_section
from sneakers_ml.workspace.choice import Candidate, Choice


def candidate(extractor, *, untrained=False, left_out=None, figure=0.5):
    return Candidate(
        extractor=extractor,
        classifier="svm",
        untrained=untrained,
        accuracy=figure,
        macro_f1=figure,
        recall_at_1=None,
        map=None,
        score=figure,
        megabytes=12.3,
        left_out=left_out,
    )


def selection(**changes):
    fields = {
        "extractor": "net",
        "classifier": "svm",
        "rule": "The best.",
        "unseen_sources": ("small_shop",),
        "stand_in": False,
        "candidates": (candidate("net"), candidate("res", untrained=True, left_out="untrained", figure=None)),
    }
    own = Summary({"photos": 1200}, {"macro_f1": Interval(0.8, 0.7, 0.9)})
    there = Summary({"photos": 34}, {"macro_f1": Interval(0.5, 0.4, 0.6), "macro_f1_drop": Interval(0.3, 0.1, 0.5)})
    summaries = {"net-svm": {"small_shop": there, OWN: own}, "res-svm": {OWN: own}}
    return Selection(Choice(**(fields | changes)), summaries, {"net-svm": 28.04})


def test_own_shops_first_and_the_drop_beside_the_others():
    text = "\n".join(selection_section(selection()))
    rows = [line for line in text.splitlines() if line.startswith("| **net-svm**")]
    assert rows == [
        "| **net-svm** | own shops | 1,200 | – | – | 0.800 (0.700–0.900) | – | – | – | – | – |",
        "| **net-svm** | small\\_shop | 34 | – | – | 0.500 (0.400–0.600) | +0.300 (+0.100 to +0.500) | – | – | – | – |",
    ]
    assert "| res-svm (untrained) | own shops | 1,200 |" in text


def test_what_serves_why_and_what_it_was_judged_by():
    text = "\n".join(selection_section(selection()))
    assert "**net-svm** serves. The best. Kept out of training: small\\_shop." in text
    alone = "\n".join(selection_section(selection(unseen_sources=(), stand_in=True)))
    assert "No source was kept out of training." in alone


def test_every_candidate_with_its_time_and_what_keeps_it_from_serving():
    rows = [line for line in "\n".join(selection_section(selection())).splitlines() if line.count("|") == 10]
    assert rows[2:] == [
        "| net-svm | 0.500 | 0.500 | – | – | 0.500 | 28.0 | 12.3 | – |",
        "| res-svm (untrained) | – | – | – | – | – | – | 12.3 | untrained |",
    ]


def test_without_a_selection_there_is_no_section():
    assert selection_section(None) == []
