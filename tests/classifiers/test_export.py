from __future__ import annotations

import warnings
from copy import deepcopy

import numpy as np
import onnx
import pytest
from catboost import CatBoostClassifier
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sneakers_ml.classifiers.export import OPSET, WRITERS, check_parity, export_pipeline
from sneakers_ml.errors import BundleError, ParityError, UsageError
from sneakers_ml.onnx_session import OnnxSession
from tests.classifiers.graph_builders import clusters

DIM = 12


def reduced(whiten, last):
    return Pipeline([("scale", StandardScaler()), ("pca", PCA(6, whiten=whiten, random_state=0)), ("last", last)])


def make_pipeline(kind):
    if kind == "CatBoostClassifier":
        quiet = {"thread_count": 1, "allow_writing_files": False, "verbose": False}
        last = CatBoostClassifier(loss_function="MultiClass", iterations=20, depth=4, random_seed=0, **quiet)
        return Pipeline([("columns", SelectKBest(f_classif, k=5)), ("last", last)])
    if kind == "SGDClassifier":
        return reduced(True, SGDClassifier(loss="log_loss", random_state=0))
    if kind == "LogisticRegression":
        return reduced(True, LogisticRegression())
    return reduced(False, SVC(probability=True, random_state=0))


def fitted(kind, classes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of SVC's probabilities
        return make_pipeline(kind).fit(*clusters(classes, DIM))


@pytest.fixture(scope="module", params=[2, 4])
def classes(request):
    return request.param


@pytest.fixture(scope="module", params=WRITERS)
def pipeline(request, classes):
    return fitted(request.param, classes)


@pytest.fixture(scope="module")
def graph(pipeline, tmp_path_factory):
    path = tmp_path_factory.mktemp("graph") / "model.onnx"
    export_pipeline(pipeline, DIM, path)
    return path


@pytest.fixture(scope="module")
def unseen(classes):
    """Other vectors than those that were learnt, some of them far off."""
    vectors = clusters(classes, DIM)[0]
    noise = np.random.default_rng(9).normal(size=vectors.shape)
    return (vectors * 1.5 + noise).astype(np.float32)


def test_the_graph_gives_the_pipelines_probabilities(pipeline, graph, unseen):
    expected = pipeline.predict_proba(unseen)
    found = OnnxSession(graph).run(unseen)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert check_parity(pipeline, graph, unseen) == pytest.approx(np.abs(found - expected).max(), abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_batch_answers_row_by_row(graph, unseen, classes, count):
    session = OnnxSession(graph)
    together = session.run(unseen[:count])
    assert together.shape == (count, classes)
    alone = np.concatenate([session.run(row[None]) for row in unseen[:count]])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_graph_keeps_its_contract_and_lies_alone(graph, classes):
    model = onnx.load(graph)
    onnx.checker.check_model(model, full_check=True)
    assert {opset.domain: opset.version for opset in model.opset_import}[""] == OPSET
    ends = [*model.graph.input, *model.graph.output]
    assert [end.type.tensor_type.elem_type for end in ends] == [onnx.TensorProto.FLOAT] * 2
    shapes = [[axis.dim_param or axis.dim_value for axis in end.type.tensor_type.shape.dim] for end in ends]
    assert shapes == [["n", DIM], ["n", classes]]
    assert list(graph.parent.iterdir()) == [graph]


def test_the_same_model_gives_the_same_bytes(pipeline, graph, tmp_path):
    for copy in (pipeline, deepcopy(pipeline)):
        export_pipeline(copy, DIM, tmp_path / "again.onnx")
        assert (tmp_path / "again.onnx").read_bytes() == graph.read_bytes()


@pytest.mark.parametrize("kind", WRITERS)
def test_another_fit_of_the_same_data_gives_the_same_bytes(kind, tmp_path):
    for name in ("one", "two"):
        export_pipeline(fitted(kind, 3), DIM, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_another_kind_is_refused_and_what_was_there_stays(tmp_path):
    vectors, labels = clusters(3, DIM)
    pipeline = Pipeline([("scale", StandardScaler()), ("bayes", GaussianNB())]).fit(vectors, labels)
    target = tmp_path / "model.onnx"
    with pytest.raises(
        UsageError, match=r"ends in GaussianNB cannot be exported; choose one of CatBoostClassifier, Log"
    ):
        export_pipeline(pipeline, DIM, target)
    assert list(tmp_path.iterdir()) == []
    target.write_bytes(b"old")
    with pytest.raises(UsageError):
        export_pipeline(pipeline, DIM, target)
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("kind", WRITERS)
def test_an_export_that_fails_half_way_leaves_nothing(kind, tmp_path):
    pipeline = fitted(kind, 3)
    broken = Pipeline([*pipeline.steps[:-1], ("more", StandardScaler()), pipeline.steps[-1]])
    with pytest.raises(UsageError, match="StandardScaler"):
        export_pipeline(broken, DIM, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_graph_of_another_model_is_found_out(pipeline, graph, unseen):
    """A model that learnt each brand under the next one's name."""
    vectors, labels = clusters(len(pipeline.classes_), DIM)
    swapped = {name: pipeline.classes_[place - 1] for place, name in enumerate(pipeline.classes_)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        other = make_pipeline(type(pipeline[-1]).__name__).fit(vectors, np.array([swapped[name] for name in labels]))
    with pytest.raises(
        ParityError, match=rf"model\.onnx: .* differs from the trained one on [1-9]\d* of {len(unseen)}"
    ):
        check_parity(other, graph, unseen)


@pytest.mark.parametrize("factor", [0.999, np.nan])
def test_a_probability_that_is_off_by_a_little_or_no_number_is_found_out(pipeline, graph, unseen, tmp_path, factor):
    model = onnx.load(graph)
    output = model.graph.output[-1].name
    for node in model.graph.node:
        node.output[:] = ["whole" if name == output else name for name in node.output]
        node.input[:] = ["whole" if name == output else name for name in node.input]
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([factor], np.float32), "factor"))
    model.graph.node.append(onnx.helper.make_node("Mul", ["whole", "factor"], [output]))
    changed = tmp_path / "changed.onnx"
    onnx.save(model, changed)
    first_brand = unseen[pipeline.predict_proba(unseen).argmax(axis=1) == 0]  # whose labels then agree, NaN or not
    with pytest.raises(ParityError, match=f"on 0 of {len(first_brand)} labels"):
        check_parity(pipeline, changed, first_brand)


def test_a_graph_that_is_none_is_refused(pipeline, unseen, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(BundleError, match="cannot be loaded"):
        check_parity(pipeline, tmp_path / "model.onnx", unseen)
