"""The rule, on candidates made up; tests/evaluation/test_evaluate.py has the figures that it is fed with."""

from __future__ import annotations

import pandas as pd
import pytest

from sneakers_ml.evaluation.choosing import choose, judge
from sneakers_ml.evaluation.metrics.bootstrap import Interval
from sneakers_ml.evaluation.metrics.summary import Summary
from sneakers_ml.evaluation.places import RESTYLED, Places
from sneakers_ml.features.extractor import ExtractorSpec
from sneakers_ml.workspace.choice import Choice, read_choice
from sneakers_ml.workspace.params import EvaluateParams

LIMITS = EvaluateParams(milliseconds=60, megabytes=60)
UNSEEN = Places(pd.DataFrame(), ("shop", "street"), ())


def figures(photos=10, queries=10, **values):
    return Summary({"photos": photos, "queries": queries}, {name: Interval(value) for name, value in values.items()})


def made(extractor="net", classifier="svm", *, score=0.5, megabytes=10, milliseconds=30.0, weights="x", graph="0" * 64):
    spec = ExtractorSpec(name=extractor, kind="onnx", dim=4, settings={}, weights=weights, graph_sha256=graph)
    summaries = {"shop": figures(accuracy=score, macro_f1=score, recall_at_1=score, map=score)}
    return judge(f"{extractor}-{classifier}", spec, summaries, ("shop",), milliseconds, int(megabytes * 1e6), LIMITS)


def serving(*candidates, **changes):
    return choose(candidates, UNSEEN, LIMITS.model_copy(update=changes)).name


def test_figures_are_means_over_the_places_that_choose():
    spec = ExtractorSpec(name="net", kind="onnx", dim=4, settings={}, weights="x", graph_sha256="0" * 64)
    summaries = {
        "own shops": figures(accuracy=1, macro_f1=1, recall_at_1=1, map=1),
        "shop": figures(accuracy=0.9, macro_f1=0.8, recall_at_1=0.7, map=0.6),
        "street": figures(accuracy=0.5, macro_f1=0.4, recall_at_1=0, map=0, queries=9),  # too few have another photo
        "web": figures(accuracy=0, macro_f1=0, recall_at_1=0, map=0),  # for testing alone
    }
    found = judge("net-head", spec, summaries, ("shop", "street"), 59.9, 12_340_000, LIMITS)
    assert (found.extractor, found.classifier, found.name) == ("net", "head", "net-head")
    assert (found.accuracy, found.macro_f1, found.recall_at_1, found.map) == pytest.approx((0.7, 0.6, 0.7, 0.6))
    assert (found.score, found.megabytes, found.left_out, found.untrained) == (0.6, 12.3, None, False)


def test_without_figures_there_is_no_score():
    spec = ExtractorSpec(name="net", kind="onnx", dim=4, settings={}, weights="random", graph_sha256="0" * 64)
    found = judge("net-svm", spec, {}, (RESTYLED,), None, 0, LIMITS)
    assert (found.accuracy, found.score, found.untrained, found.left_out) == (None, None, True, "untrained")


class TestRule:
    def test_the_best_serves(self):
        assert serving(made("a", score=0.5), made("b", score=0.7), made("c", score=0.6)) == "b-svm"

    @pytest.mark.parametrize(
        ("better", "why"),
        [
            (made("b", score=0.9, milliseconds=60.1), "slower than 60 ms"),
            (made("b", score=0.9, megabytes=60.1), "larger than 60 MB"),
            (made("b", score=0.9, weights="random"), "untrained"),
            (made("b", score=0.9, graph=None), "not one ONNX graph"),
        ],
    )
    def test_but_not_what_is_over_a_limit_or_cannot_serve(self, better, why):
        assert better.left_out == why
        assert serving(better, made("a", score=0.1)) == "a-svm"
        assert serving(better) == "b-svm"  # nothing else can

    def test_a_trained_one_over_a_limit_serves_before_an_untrained_one(self):
        slow, untrained = made("slow", score=0.1, milliseconds=300), made("net", score=0.9, weights="random")
        assert serving(untrained, slow) == "slow-svm"
        assert serving(untrained, made("hog", score=0.9, graph=None)) == "net-svm"

    def test_of_equals_the_smaller(self):
        assert serving(made("a", megabytes=20), made("b", megabytes=10)) == "b-svm"
        assert serving(made("b"), made("a")) == "a-svm"

    def test_candidates_come_out_best_first(self):
        given = [made("a", score=0.2), made("b", score=0.9, graph=None), made("c", score=0.4)]
        assert [each.extractor for each in choose(given, UNSEEN, LIMITS).candidates] == ["c", "a", "b"]

    def test_what_is_set_serves(self):
        assert serving(made("a", score=0.9), made("b", score=0.1, milliseconds=99), serve="b-svm") == "b-svm"

    def test_it_is_written_down_with_its_limits_and_what_it_was_judged_by(self):
        found = choose([made()], UNSEEN, LIMITS)
        assert (found.unseen_sources, found.stand_in) == (("shop", "street"), False)
        assert "within 60 ms" in found.rule
        assert "at most 60 MB" in found.rule
        assert "sources kept out of training" in found.rule
        alone = choose([made()], Places(pd.DataFrame(), (RESTYLED,), ()), LIMITS)
        assert (alone.unseen_sources, alone.stand_in) == ((), True)
        assert "restyled validation photos" in alone.rule


def test_a_choice_is_read_as_it_was_written(tmp_path):
    choice = choose([made("a"), made("b", weights="random")], UNSEEN, LIMITS)
    (tmp_path / "choice.json").write_text(choice.model_dump_json())
    assert isinstance(choice, Choice)
    assert read_choice(tmp_path / "choice.json") == choice
