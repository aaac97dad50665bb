from __future__ import annotations

from dataclasses import replace

from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.summary import Summary
from sneakers_ml.evaluation.report.html.lead import lead, percent
from tests.evaluation.builders import answers, findings, selection

SPACE = "\u00a0"


def source(found, accuracy, photos):
    figures = {"accuracy": Interval(accuracy, accuracy - 0.1, accuracy + 0.1), "recall_at_1": Interval(0.5)}
    return replace(found, summary=Summary({"photos": photos}, figures))


def sentences(photos=100, **changes):
    own, first, second, street = findings().by_source
    by_source = [
        source(own, 0.9, 2 * photos),
        source(first, 0.85, photos),
        source(second, 0.8, photos),
        source(street, 0.6, photos),
    ]
    return lead(findings(by_source=by_source, **changes))


def test_what_serves_and_how_good_it_is_at_home_and_elsewhere():
    first, second, _ = sentences()
    assert first == (
        "net-svm serves: it answers a photo in 28 ms on two threads and takes 12.3 MB,"
        " and was chosen from 2 brand models."
    )
    assert second.replace(SPACE, " ") == (
        "It names the right brand for 90 % (80–100 %) of 200 photos of own shops, and finds another photo of the same"
        " model first for 50 %; 60 % (50–70 %) of 100 photos of street, which it was not trained on, and finds another"
        " photo of the same model first for 50 %."
    )


def test_what_it_is_worst_at():
    brands = answers("net-svm", "nnnnnnnnnnpppppppaan", truth="nnnnnnnnnnpppppppppp", groups="a" * 20)
    worst = sentences(selection=replace(selection(), brands=brands))[2].replace(SPACE, " ")
    assert worst == (
        "It is worst at photos of street (60 % (50–70 %) right) and at the brand p (70 % of 10 photos recognised);"
        " its most frequent mistake is to take p for a (2 of 10 photos)."
    )


def test_of_few_photos_nothing_is_called_the_worst():
    assert sentences(photos=9)[2].startswith("There are too few photos to say what it is worst at; its most frequent")


def test_a_share_without_bounds():
    assert percent(Interval(0.123)) == f"12{SPACE}%"
