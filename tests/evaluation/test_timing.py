from __future__ import annotations

import json

import pytest

from sneakers_ml.evaluation.timing import answer_times
from sneakers_ml.inference.brand_model import read_model_spec


@pytest.fixture
def workspace(tiny, tmp_path):
    return tiny.copy(tmp_path)


@pytest.fixture
def files(workspace):
    return sorted((workspace.photos / "images").iterdir())[:2]


def models(workspace, *names):
    return [read_model_spec(workspace.brand_model(name)) for name in names]


def test_every_model_has_a_time_and_a_network_takes_longer_than_a_histogram(workspace, files):
    times = answer_times(workspace, models(workspace, "hog-svm", "efficientnet_lite0-svm", "concat-svm"), files)
    assert set(times) == {"hog-svm", "efficientnet_lite0-svm", "concat-svm"}
    assert 0 < times["hog-svm"] < times["efficientnet_lite0-svm"] < times["concat-svm"]  # which runs both


def test_what_was_timed_is_not_timed_again(workspace, files):
    first = answer_times(workspace, models(workspace, "hog-svm"), files)
    written = workspace.times.read_bytes()
    assert answer_times(workspace, models(workspace, "hog-svm"), []) == first  # there is nothing to time it by
    assert workspace.times.read_bytes() == written


def test_what_is_not_there_any_more_is_forgotten(workspace, files):
    answer_times(workspace, models(workspace, "hog-svm", "hog-sgd"), files)
    answer_times(workspace, models(workspace, "hog-sgd"), files)
    named = [name for times in json.loads(workspace.times.read_text()).values() for name in times]
    assert named == ["hog", "hog-sgd"]


@pytest.mark.parametrize("content", ["", "{", "[]", "[1]", "3"])
def test_a_damaged_file_of_times_is_written_anew(workspace, files, content):
    workspace.times.write_text(content)
    answer_times(workspace, models(workspace, "hog-svm"), files)
    assert len(json.loads(workspace.times.read_text())) == 2
