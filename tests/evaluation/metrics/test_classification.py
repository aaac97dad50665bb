from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.metrics import classification as metrics
from sneakers_ml.evaluation.metrics.classification import classification_metrics, label_positions, macro_f1

BRANDS = ["adidas", "asics", "nike", "puma", "vans"]


def random_answers(seed: int, size: int = 300) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    truth = generator.choice(BRANDS, size)
    return truth, np.where(generator.random(size) < 0.6, truth, generator.choice(BRANDS, size))


def test_worked_example():
    # nike: 1 hit, 2 true, 2 predicted -> 1/2. adidas: 1 hit, 2 true, 1 predicted -> 2/3. puma: 1, 1, 2 -> 2/3.
    answer = classification_metrics(
        ["nike", "nike", "adidas", "adidas", "puma"],
        ["nike", "puma", "adidas", "nike", "puma"],
        ["adidas", "nike", "puma"],
    )
    assert answer["photos"] == 5
    assert answer["accuracy"] == pytest.approx(3 / 5)
    assert answer["macro_f1"] == pytest.approx((1 / 2 + 2 / 3 + 2 / 3) / 3)
    assert answer["per_brand"]["adidas"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3), "support": 2}
    assert answer["confusion"].tolist() == [[1, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert answer["labels"] == ("adidas", "nike", "puma")


def test_source_with_few_brands_is_averaged_over_the_brands_it_holds():
    # The source holds nike and vans only. nike: 1 hit, 2 true, 1 predicted -> 2/3; vans: 2 hits, 2, 2 -> 1.
    answer = classification_metrics(["nike", "nike", "vans", "vans"], ["nike", "puma", "vans", "vans"], BRANDS)
    assert answer["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert answer["macro_f1_union"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert answer["per_brand"]["puma"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}
    assert answer["per_brand"]["asics"]["support"] == 0


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_scikit_learn(seed):
    truth, predicted = random_answers(seed)
    answer = classification_metrics(truth, predicted, BRANDS)
    assert answer["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    assert answer["macro_f1"] == pytest.approx(f1_score(truth, predicted, average="macro"))
    assert answer["confusion"].tolist() == confusion_matrix(truth, predicted, labels=BRANDS).tolist()
    columns = precision_recall_fscore_support(truth, predicted, labels=BRANDS)
    for brand, precision, recall, f1, support in zip(BRANDS, *columns, strict=True):
        expected = {"precision": precision, "recall": recall, "f1": f1, "support": support}
        assert answer["per_brand"][brand] == pytest.approx(expected)


def test_brands_in_truth_and_union_agree_with_scikit_learn_where_they_differ():
    truth, predicted = random_answers(7)
    few = np.isin(truth, ["nike", "vans"])
    answer = classification_metrics(truth[few], predicted[few], BRANDS)
    assert answer["macro_f1"] == pytest.approx(
        f1_score(truth[few], predicted[few], labels=["nike", "vans"], average="macro")
    )
    assert answer["macro_f1_union"] == pytest.approx(f1_score(truth[few], predicted[few], average="macro"))
    assert answer["macro_f1_union"] < answer["macro_f1"]


def test_macro_f1_of_many_count_tables_at_once():
    hits = np.array([[1.0, 1, 1], [0, 2, 0], [0, 0, 0]])
    truth = np.array([[2.0, 2, 1], [0, 2, 0], [0, 0, 0]])
    predicted = np.array([[1.0, 2, 2], [1, 2, 0], [0, 0, 0]])
    assert macro_f1(hits, truth, predicted) == pytest.approx([(2 / 3 + 1 / 2 + 2 / 3) / 3, 1, np.nan], nan_ok=True)
    assert macro_f1(hits, truth, predicted, union=True)[1] == pytest.approx((0 + 1) / 2)


def test_positions_follow_the_order_of_the_labels():
    assert label_positions(["b", "a", "b"], ["b", "a"]).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("truth", "predicted", "labels", "message"),
    [
        ([], [], ["nike"], "no photos to evaluate"),
        (["nike"], [], ["nike"], "1 true and 0 predicted"),
        (["vans"], ["nike"], ["nike"], "'vans' is not among the 1 brand labels"),
        (["nike"], ["vans"], ["nike"], "'vans' is not among"),
        (["nike"], ["nike"], ["nike", "nike"], "repeat a brand"),
    ],
)
def test_refuses_what_does_not_fit(truth, predicted, labels, message):
    with pytest.raises(DataError, match=message):
        classification_metrics(truth, predicted, labels)


def test_public_names_exist():
    assert all(hasattr(metrics, name) for name in metrics.__all__)
