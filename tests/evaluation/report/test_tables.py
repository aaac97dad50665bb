from __future__ import annotations

from math import nan

import pytest

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.report.tables import difference_cell, figure_cell, number_cell, p_value_cell


@pytest.mark.parametrize(
    ("interval", "best", "text"),
    [
        (Interval(0.5, 0.4, 0.6), None, "0.500 (0.400–0.600)"),
        (Interval(0.5, 0.4, 0.6), 0.5, "**0.500** (0.400–0.600)"),
        (Interval(0.5001), 0.5, "**0.500**"),
        (Interval(0.4), 0.5, "0.400"),
        (Interval(0.0, -0.1, 0.1), None, "0.000 (−0.100 to 0.100)"),
        (None, 0.5, "–"),
    ],
)
def test_a_figure(interval, best, text):
    assert figure_cell(interval, best) == text


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(-0.05, -0.1, 0.0), "−0.050 (−0.100 to 0.000)"),
        (Interval(0.05, 0.01, 0.1), "+0.050 (+0.010 to +0.100)"),
        (Interval(-0.00001), "0.000"),
    ],
)
def test_a_difference(interval, text):
    assert difference_cell(interval) == text


@pytest.mark.parametrize(("probability", "text"), [(0.0009, "< 0.001"), (0.001, "0.001"), (1.0, "1.000")])
def test_a_p_value(probability, text):
    assert p_value_cell(probability) == text


@pytest.mark.parametrize(("value", "digits", "text"), [(None, 1, "–"), (nan, 3, "–"), (1234.56, 1, "1,234.6")])
def test_a_number(value, digits, text):
    assert number_cell(value, digits) == text
