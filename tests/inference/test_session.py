from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from sneakers_ml.errors import BundleError
from sneakers_ml.inference.session import OnnxSession


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """(n, 3) rows to their sums (n, 1), then to their doubles (n, 3)."""
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", 3])
    sums = helper.make_tensor_value_info("sums", TensorProto.FLOAT, ["n", 1])
    doubles = helper.make_tensor_value_info("doubles", TensorProto.FLOAT, ["n", 3])
    ones = helper.make_tensor("ones", TensorProto.FLOAT, [3, 1], [1, 1, 1])
    nodes = [
        helper.make_node("MatMul", ["rows", "ones"], ["sums"]),
        helper.make_node("Add", ["rows", "rows"], ["doubles"]),
    ]
    model = helper.make_model(
        helper.make_graph(nodes, "toy", [rows], [sums, doubles], [ones]),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
    )
    path = tmp_path_factory.mktemp("graph") / "toy.onnx"
    onnx.save(model, path)
    return path


ROWS = np.array([[1, 2, 3], [-1, 0, 0.5]], np.float32)


def test_a_graph_answers_with_its_last_output_unless_told(graph):
    session = OnnxSession(graph)
    np.testing.assert_array_equal(session.run(ROWS), ROWS * 2)
    np.testing.assert_array_equal(session.run(ROWS, output=0), [[6], [-0.5]])


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_several_threads_may_ask_one_session(graph, threads):
    session = OnnxSession(graph, threads=threads)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda factor: session.run(ROWS * factor), np.arange(50, dtype=np.float32)))
    for factor, answer in enumerate(answers):
        np.testing.assert_array_equal(answer, ROWS * 2 * factor)


def test_a_missing_graph_is_one_clear_line(tmp_path):
    with pytest.raises(BundleError, match=r"gone\.onnx: cannot be loaded as an ONNX model \(no such file\)"):
        OnnxSession(tmp_path / "gone.onnx")


@pytest.mark.parametrize("keep", [0, 10, -20])
def test_a_damaged_graph_is_one_clear_line(graph, tmp_path, keep):
    path = tmp_path / "damaged.onnx"
    path.write_bytes(graph.read_bytes()[:keep])
    with pytest.raises(BundleError, match=r"damaged\.onnx: cannot be loaded as an ONNX model") as caught:
        OnnxSession(path)
    assert "\n" not in str(caught.value)


def test_rows_that_a_graph_does_not_take_are_one_clear_line(graph):
    with pytest.raises(BundleError, match=r"toy\.onnx: cannot be run") as caught:
        OnnxSession(graph).run(ROWS[:, :2])
    assert "\n" not in str(caught.value)


FORKED = """
import os, sys, warnings
from pathlib import Path
import numpy as np
from sneakers_ml.errors import BundleError
from sneakers_ml.inference.session import OnnxSession

warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads
session = OnnxSession(Path(sys.argv[1]), threads=2)
rows = np.ones((1, 3), np.float32)
session.run(rows)
if os.fork() == 0:
    try:
        session.run(rows)
        print("answered", flush=True)
    except BundleError as error:
        print(error, flush=True)
    print(OnnxSession(Path(sys.argv[1]), threads=2).run(rows).tolist(), flush=True)
    os._exit(0)
os.wait()
print(session.run(rows).tolist())
"""


def test_a_forked_process_is_told_to_load_anew(graph):
    done = subprocess.run([sys.executable, "-c", FORKED, graph], capture_output=True, text=True, timeout=60, check=True)
    told, *answers = done.stdout.splitlines()
    assert told.endswith("toy.onnx: loaded before this process was forked; load it after that, or spawn")
    assert answers == ["[[2.0, 2.0, 2.0]]"] * 2
