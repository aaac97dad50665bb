from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.views import Agreement, PhotoMap, ViewAnalysis
from sneakers_ml.evaluation.report.pictures import Pictures
from sneakers_ml.evaluation.report.sections import Views, curve_section, view_section

NOWHERE = PhotoMap(np.zeros((0, 2), np.float32), *[np.array([], dtype=str)] * 3)


def agreement(label, value):
    return None if value is None else Agreement(label, 2, 90, 0.6, 0.5, Interval(value, value - 0.1, value + 0.1))


def row(folder, brand, view, source, label="view"):
    analysis = ViewAnalysis(
        100, 10, agreement("brand", brand), agreement(label, view), agreement("source", source), NOWHERE
    )
    text = "\n".join(view_section([Views("hog", "random", analysis)], Pictures(folder)))
    assert list(folder.iterdir()) == []  # not mapped
    return [cell.strip() for cell in text.splitlines()[-1].strip("|").split(" | ")]


def test_each_label_has_its_agreement(tmp_path):
    assert row(tmp_path, 0.5, 0.05, None) == [
        *("hog (untrained)", "0.500 (0.400–0.600)", "0.050 (−0.050 to 0.150)", "–", "brand")
    ]


@pytest.mark.parametrize(
    ("brand", "view", "source", "label", "most"),
    [
        (0.5, 0.4, 0.3, "view", "brand"),
        (0.4, 0.5, 0.3, "view", "view"),
        (0.4, 0.5, 0.3, "position", "place in the gallery"),
        (0.4, 0.5, 0.6, "view", "source"),
        (0.4, None, 0.6, "view", "source"),
        (0.4, None, None, "view", "–"),
    ],
)
def test_what_neighbours_agree_by_most(tmp_path, brand, view, source, label, most):
    assert row(tmp_path, brand, view, source, label)[-1] == most


def test_nothing_comes_of_nothing(tmp_path):
    assert view_section([], Pictures(tmp_path)) == []
    assert curve_section(None, Pictures(tmp_path)) == []
