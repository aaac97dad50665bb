"""Graphs of classifiers, each as its `fit` makes it, answer as scikit-learn and CatBoost do."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import onnx
import pytest

from sneakers_ml.classifiers.classifier import TrainingSet, make_classifier
from sneakers_ml.classifiers.export import check_parity
from sneakers_ml.errors import BundleError, ParityError
from sneakers_ml.inference.session import OPSET, OnnxSession
from tests.classifiers.builders import CLASSIFIERS, PARAMS, clusters

DIM = 24
CHOICES = {
    "svm": {"kernel": "rbf", "C": 1.0, "components": 8},
    "sgd": {"alpha": 0.01, "components": 8},
    "logistic": {"C": 0.1, "components": 8},
    "catboost": {"depth": 3, "columns": 8},
}
LINEAR_SVM = {"kernel": "linear", "C": 0.1, "components": 8}
REDUCED = [("svm", CHOICES["svm"]), ("svm", LINEAR_SVM), ("sgd", CHOICES["sgd"]), ("logistic", CHOICES["logistic"])]


def fitted(name, vectors, labels, choice=None):
    """A classifier and what it fitted."""
    data, classifier = TrainingSet(vectors, labels, np.arange(len(labels))), make_classifier(name, PARAMS)
    return classifier, classifier.fit(choice or CHOICES[name], data, data)


def export(classifier, model, path):
    path.write_bytes(classifier.to_onnx(model).SerializeToString(deterministic=True))
    onnx.checker.check_model(onnx.load(path), full_check=True)
    return path


@pytest.fixture(scope="module", params=[2, 4, 13])
def classes(request):
    return request.param


@pytest.fixture(
    scope="module",
    params=[*CHOICES.items(), ("svm", LINEAR_SVM)],
    ids=lambda pair: "-".join(map(str, pair[1].values())),
)
def exported(request, classes, tmp_path_factory):
    """A classifier, what it fitted, and its graph."""
    classifier, model = fitted(request.param[0], *clusters(classes, DIM, spread=0.7), request.param[1])
    return classifier, model, export(classifier, model, tmp_path_factory.mktemp("graph") / "model.onnx")


@pytest.fixture(scope="module")
def unseen(classes):
    """Other vectors than those that were learnt, some of them far off."""
    vectors = clusters(classes, DIM, spread=0.7)[0]
    return (vectors * 1.5 + np.random.default_rng(9).normal(size=vectors.shape)).astype(np.float32)


def test_the_graph_gives_the_trained_probabilities(exported, unseen, classes):
    _, model, graph = exported
    expected, found = model.predict_proba(unseen), OnnxSession(graph).run(unseen)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).all()
    assert found.max() > 1.2 / classes  # not all the same
    assert check_parity(model, graph, unseen) == pytest.approx(np.abs(found - expected).max(), abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_batch_answers_row_by_row(exported, unseen, classes, count):
    session = OnnxSession(exported[2])
    together = session.run(unseen[:count])
    assert together.shape == (count, classes)
    alone = np.concatenate([session.run(row[None]) for row in unseen[:count]])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_graph_keeps_its_contract(exported, classes):
    model = onnx.load(exported[2])
    domains = [opset.domain for opset in model.opset_import]
    assert domains == sorted(domains)  # else the bytes would hang on how a process hashes strings
    assert {opset.version for opset in model.opset_import if opset.domain == ""} <= {OPSET}
    (vectors,), probabilities = model.graph.input, model.graph.output[-1]
    for end, length in ((vectors, DIM), (probabilities, classes)):
        assert end.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
        first, last = end.type.tensor_type.shape.dim
        assert (first.dim_value, last.dim_value) == (0, length)  # any number of rows


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_same_data_gives_the_same_bytes(name, tmp_path):
    classifier, model = fitted(name, *clusters(3, DIM))
    paths = [export(classifier, each, tmp_path / f"{number}") for number, each in enumerate((model, deepcopy(model)))]
    paths.append(export(*fitted(name, *clusters(3, DIM)), tmp_path / "another fit"))
    assert len({path.read_bytes() for path in paths}) == 1


class TestNothingIsLost:
    """Truth is what was trained, asked in float64."""

    def large_means():
        """Columns around 1000 that differ by 0.01 only: a float32 there has steps of 0.00006."""
        vectors, labels = clusters(4, 40)
        return (1000 + 0.01 * vectors.astype(np.float64)).astype(np.float32), labels

    def alike_unit_rows():
        """Unit rows of 2048 numbers that differ by a ten thousandth."""
        vectors, labels = clusters(4, 2048)
        rows = 1 + 1e-4 * vectors.astype(np.float64)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels

    @pytest.mark.parametrize("data", [large_means, alike_unit_rows])
    @pytest.mark.parametrize(("name", "choice"), REDUCED)
    def test_where_means_are_large_against_spreads(self, name, choice, data, tmp_path):
        """Were the mean folded into a bias, or taken off after the product, it would show."""
        vectors, labels = data()
        classifier, model = fitted(name, vectors[:40], labels[:40], choice)
        expected = model.predict_proba(vectors[40:].astype(np.float64))
        found = OnnxSession(export(classifier, model, tmp_path / "model.onnx")).run(vectors[40:])
        np.testing.assert_allclose(found, expected, atol=1e-4)
        assert expected.max(axis=1).mean() > 0.4  # it tells the classes apart

    @pytest.mark.parametrize(
        ("scores", "expected"),
        [
            ([0.0, np.log(3), -np.log(3)], [1 / 3, 1 / 2, 1 / 6]),  # sigmoids are 1/2, 3/4 and 1/4
            ([-30.0, -30.0, -29.0], [1 / (2 + np.e), 1 / (2 + np.e), np.e / (2 + np.e)]),  # near e**s there
            ([-500.0, -900.0, -200.0], [1 / 3, 1 / 3, 1 / 3]),  # of which float32 has nothing but zeros
            ([-500.0, 60.0, 60.0], [0, 1 / 2, 1 / 2]),
        ],
    )
    def test_of_sigmoids_far_below_zero(self, scores, expected, tmp_path):
        """One against the rest is the sigmoids at a sum of 1; ONNX Runtime's own operator is cut off at about -18."""
        classifier, model = fitted("sgd", *clusters(3, DIM))
        vector = model["centre"].mean_[None].astype(np.float32)
        model["classifier"].coef_ = np.zeros_like(model["classifier"].coef_)
        model["classifier"].intercept_ = np.array(scores, np.float32)
        with np.errstate(over="ignore"):  # e**500
            np.testing.assert_allclose(model.predict_proba(vector), [expected], atol=1e-6)
        found = OnnxSession(export(classifier, model, tmp_path / "model.onnx")).run(vector)
        np.testing.assert_allclose(found, [expected], atol=1e-6)

    @pytest.mark.parametrize("classes", [2, 4])
    def test_where_a_number_lies_on_a_border_of_a_tree(self, classes, tmp_path):
        """For every border a row with the column on it, and just above and below it, as near as float32 can tell."""
        classifier, model = fitted("catboost", *clusters(classes, DIM))
        path = export(classifier, model, tmp_path / "model.onnx")
        attributes = {each.name: each for each in onnx.load(path).graph.node[0].attribute}
        splits = np.array([mode != b"LEAF" for mode in attributes["nodes_modes"].strings])
        columns = np.array(attributes["nodes_featureids"].ints)[splits]
        border = np.array(attributes["nodes_values"].floats, np.float32)[splits]
        rows = np.random.default_rng(1).normal(size=(1, len(border), DIM)).astype(np.float32).repeat(3, axis=0)
        sides = [border, np.nextafter(border, np.float32(np.inf)), np.nextafter(border, np.float32(-np.inf))]
        rows[:, np.arange(len(border)), columns] = np.stack(sides)
        assert len(border) > 20
        assert check_parity(model, path, rows.reshape(-1, DIM)) < 1e-5


class TestParity:
    def test_the_graph_of_another_model_is_found_out(self, exported, unseen):
        """A model that learnt each brand under the next one's name."""
        _, model, graph = exported

        class Shifted:
            def predict_proba(self, rows):
                return np.roll(model.predict_proba(rows), 1, axis=1)

        with pytest.raises(
            ParityError, match=rf"model\.onnx: .* differs from the trained one on [1-9]\d* of {len(unseen)}"
        ):
            check_parity(Shifted(), graph, unseen)

    @pytest.mark.parametrize("factor", [0.999, np.nan])
    def test_a_probability_that_is_off_by_a_little_or_no_number_is_found_out(self, exported, unseen, tmp_path, factor):
        _, fit, graph = exported
        model = onnx.load(graph)
        output = model.graph.output[-1].name
        for node in model.graph.node:
            node.output[:] = ["whole" if name == output else name for name in node.output]
            node.input[:] = ["whole" if name == output else name for name in node.input]
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([factor], np.float32), "factor"))
        model.graph.node.append(onnx.helper.make_node("Mul", ["whole", "factor"], [output]))
        if not any(opset.domain == "" for opset in model.opset_import):
            model.opset_import.append(onnx.helper.make_opsetid("", 13))
        onnx.save(model, tmp_path / "changed.onnx")
        first_brand = unseen[fit.predict_proba(unseen).argmax(axis=1) == 0]  # whose labels then agree, NaN or not
        with pytest.raises(ParityError, match=f"on 0 of {len(first_brand)} labels"):
            check_parity(fit, tmp_path / "changed.onnx", first_brand)

    def test_a_graph_that_is_none_is_refused(self, exported, unseen, tmp_path):
        (tmp_path / "model.onnx").write_bytes(b"not a graph")
        with pytest.raises(BundleError, match="cannot be loaded"):
            check_parity(exported[1], tmp_path / "model.onnx", unseen)
