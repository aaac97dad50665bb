from __future__ import annotations

from itertools import product
from math import nan

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling
from sneakers_ml.evaluation.metrics.comparison import Comparison, best_by_validation, compare
from sneakers_ml.evaluation.metrics.summary import summarise_brands
from tests.evaluation.builders import answers

MANY = Resampling(4000, seed=1)


def compared(predicted, reference, *, truth, groups, resampling=MANY):
    """The comparison of one model with a reference, which validation prefers."""
    ask = {"truth": truth, "groups": groups}
    models = [
        answers("hog-sgd", predicted, val_macro_f1=0.5, **ask),
        answers("hog-svm", reference, val_macro_f1=0.6, **ask),
    ]
    found = compare(models, resampling)
    assert list(found) == ["hog-sgd"]
    return found["hog-sgd"]


class TestDifferences:
    def test_one_that_is_the_same_in_every_shoe_model_has_no_width(self):
        # Each of three models has two photos of n; the reference finds one of them, the other none. Whatever is drawn:
        # F1 of the only brand is 2 * 3 / (6 + 3) against 0.
        found = compared("aaaaaa", "nanana", truth="nnnnnn", groups="aabbcc")
        assert [found.macro_f1.value, found.macro_f1.low, found.macro_f1.high] == pytest.approx([-2 / 3] * 3)
        assert found.differs

    def test_by_enumeration(self):
        # All 27 ordered draws of three shoe models, against which one loses, one draws and one wins its photo.
        truth, predicted, reference = (np.array(list(brands)) for brands in ("nnn", "ann", "nna"))

        def f1(answers, drawn):
            return f1_score(truth[drawn], answers[drawn], labels=["n"], average="macro")

        draws = [list(drawn) for drawn in product(range(3), repeat=3)]
        differences = sorted(f1(predicted, drawn) - f1(reference, drawn) for drawn in draws)
        # 30 % of 27 is passed by the eighth to tenth draw, which are equal, and 2.5 % by the first.
        assert differences[7] == pytest.approx(differences[9]) == pytest.approx(4 / 5 - 1)
        middle = compared("ann", "nna", truth="nnn", groups="abc", resampling=Resampling(4000, level=0.4))
        assert middle.macro_f1.value == pytest.approx(0)
        assert [middle.macro_f1.low, middle.macro_f1.high] == pytest.approx([differences[8], differences[-9]])
        whole = compared("ann", "nna", truth="nnn", groups="abc")
        assert [whole.macro_f1.low, whole.macro_f1.high] == pytest.approx([-1, 1])
        assert not whole.differs

    def test_macro_f1_by_hand(self):
        # n: 2 of 2 found and 3 predicted, a: 1 of 2 found and 1 predicted; the reference finds all.
        found = compared("nnna", "nnaa", truth="nnaa", groups="abcd")
        assert found.macro_f1.value == pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2 - 1)

    def test_models_that_answer_alike_do_not_differ_however_uncertain_each_is(self):
        found = compared("nanaap", "nanaap", truth="nnaapp", groups="abcdef")
        assert found.macro_f1 == Interval(0.0, 0.0, 0.0)
        assert not found.differs

    def test_what_is_hard_for_both_cancels_out(self):
        generator = np.random.default_rng(2)
        groups = [f"model {number // 4}" for number in range(240)]
        easy = np.repeat(generator.random(60) < 0.5, 4)
        reference = np.where(easy, "n", "a")
        worse = np.where(generator.random(240) < 0.05, "a", reference)
        ask, how = {"truth": "n" * 240, "groups": groups}, Resampling(1000)
        difference = compared(worse, reference, **ask, resampling=how).macro_f1
        alone = summarise_brands(answers("hog-svm", reference, **ask), how).all.figures["macro_f1"]
        assert difference.high - difference.low < (alone.high - alone.low) / 3
        assert difference.high < 0

    def test_photos_of_unknown_brands_take_no_part(self):
        with_unknown = compared("nan", "nnn", truth="nnx", groups="abc")
        assert with_unknown.macro_f1.value == pytest.approx(2 / 3 - 1)  # n: 1 hit, 2 true, 1 predicted

    def test_one_shoe_model_says_nothing_for_certain(self):
        found = compared("aa", "nn", truth="nn", groups="aa")
        assert found.macro_f1.value == -1
        assert not found.macro_f1.bounded
        assert not found.differs

    def test_a_model_can_be_better_than_the_one_that_validation_prefers(self):
        found = compared("nnn", "aaa", truth="nnn", groups="abc")
        assert found.macro_f1 == Interval(1.0, 1.0, 1.0)
        assert found.differs


class TestMcNemar:
    @pytest.mark.parametrize(
        ("predicted", "reference", "chance"),
        [
            ("aaaaa", "nnnnn", 2 / 2**5),  # all five one way, and the mirror image of it
            ("nnnnn", "nnnnn", 1),
            ("annnn", "nnnnn", 1),
            ("aaaan", "nnnna", 2 * (1 + 5) / 2**5),  # four to one: one or none of five, either way
        ],
    )
    def test_by_the_binomial(self, predicted, reference, chance):
        found = compared(predicted, reference, truth="nnnnn", groups="abcde")
        assert found.mcnemar == pytest.approx(chance)


@pytest.mark.parametrize(
    ("low", "high", "differs"), [(-0.2, -0.1, True), (-0.1, 0.1, False), (0.1, 0.2, True), (0, 0.1, False)]
)
def test_differs_when_zero_lies_outside(low, high, differs):
    assert Comparison(Interval((low + high) / 2, low, high), 1.0).differs == differs


class TestBest:
    def models(self, **validation):
        return [
            answers(name.replace("_", "-"), "nn", truth="nn", groups="ab", val_macro_f1=score)
            for name, score in validation.items()
        ]

    def test_validation_decides_and_test_does_not(self):
        poor = answers("hog-svm", "aa", truth="nn", groups="ab", val_macro_f1=0.9)
        good = answers("hog-sgd", "nn", truth="nn", groups="ab", val_macro_f1=0.8)
        assert best_by_validation([good, poor]) is poor

    def test_ties_go_by_name_and_what_was_not_validated_comes_last(self):
        assert best_by_validation(self.models(hog_svm=0.5, hog_sgd=0.5)).name == "hog-sgd"
        assert best_by_validation(self.models(a_svm=nan, z_svm=0.0)).name == "z-svm"
        assert best_by_validation(self.models(z_svm=nan, a_svm=nan)).name == "a-svm"

    def test_a_single_model_has_none_beside_it(self):
        assert compare(self.models(hog_svm=0.5), MANY) == {}


class TestRefuses:
    def test_other_photos(self):
        models = [
            answers("hog-svm", "nn", truth="nn", groups="ab"),
            answers("hog-sgd", "nn", truth="nn", groups="ab", photo_ids=["0-0-0", "9-9-9"]),
        ]
        with pytest.raises(DataError, match="hog-svm and hog-sgd answered different photos"):
            compare(models, MANY)

    def test_other_brands(self):
        model = answers("hog-svm", "nn", truth="nn", groups="ab")
        other = answers("hog-svt", "nn", truth="nn", groups="ab", labels=("a", "n", "q"))
        with pytest.raises(DataError, match="know different brands; train both on the same split"):
            compare([model, other], MANY)
