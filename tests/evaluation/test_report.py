from __future__ import annotations

import json
import re

import numpy as np
import pytest
from PIL import Image

from sneakers_ml.errors import BadImage, DataError
from sneakers_ml.evaluation.bootstrap import Resampling
from sneakers_ml.evaluation.report import ReportSettings, write_report
from tests.evaluation.builders import brand_result, flat_photo, retrieval_run

FEW = ReportSettings(Resampling(200))


def write(folder, **changes):
    inputs = {"brand": [brand_result()], "retrieval": [retrieval_run()], "load": flat_photo, "settings": FEW}
    inputs |= changes
    return write_report(folder, inputs.pop("brand"), inputs.pop("retrieval"), **inputs)


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the report of one brand model and one extractor, and what `write_report` answered; only read it."""
    folder = tmp_path_factory.mktemp("reports")
    return folder, write(folder)


def test_writes_documents_and_pictures(written):
    assert files(written[0]) == [
        "evaluation.md",
        "evaluation/dino-retrieval-failures.jpg",
        "evaluation/hog-svm-confusion.png",
        "evaluation/hog-svm-f1.png",
        "evaluation/hog-svm-failures.jpg",
        "evaluation/hog-svm-reliability.png",
        "evaluation/hog-svm-unknown.jpg",
        "metrics.json",
    ]


def test_metrics_json_has_the_promised_layout(written):
    text = (written[0] / "metrics.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document == written[1]
    assert set(document) == {"brand", "retrieval"}
    model = document["brand"]["hog-svm"]
    assert set(model) == {"all", "by_source"}
    assert set(model["by_source"]) == {"shop", "street"}
    assert model["all"]["accuracy"] == 0.6
    assert model["all"]["macro_f1"] == 0.6667
    assert model["all"]["macro_f1_low"] < 0.6667 < model["all"]["macro_f1_high"]
    assert model["all"]["photos"] == 5
    assert "ece_low" not in model["all"]
    extractor = document["retrieval"]["dino"]
    assert extractor["all"]["recall_at_1"] == 0.25
    assert extractor["all"]["map"] == 0.5833
    # One model on the street: no bounds, and no NaN, which is not JSON.
    assert extractor["by_source"]["street"]["map"] == 0.5
    assert "map_low" not in extractor["by_source"]["street"]
    assert "NaN" not in text
    assert all(len(digits) <= 4 for digits in re.findall(r"\d\.(\d+)", text))


def test_every_link_of_the_page_leads_to_a_picture(written):
    links = re.findall(r"\]\(([^)]+)\)", (written[0] / "evaluation.md").read_text(encoding="utf-8"))
    assert len(links) == 6
    for link in links:
        with Image.open(written[0] / link) as picture:
            assert min(picture.size) > 100


def test_same_input_same_files(written, tmp_path):
    write(tmp_path)
    assert files(tmp_path) == files(written[0])
    for name in files(tmp_path):
        assert (tmp_path / name).read_bytes() == (written[0] / name).read_bytes()


def test_pictures_of_models_that_are_gone_go(tmp_path):
    write(tmp_path, brand=[], retrieval=[retrieval_run("old")])
    note = tmp_path / "evaluation" / "note.txt"
    note.write_text("mine", encoding="utf-8")
    write(tmp_path, brand=[])
    assert files(tmp_path) == [
        "evaluation.md",
        "evaluation/dino-retrieval-failures.jpg",
        "evaluation/note.txt",
        "metrics.json",
    ]


def test_without_a_loader_there_are_no_sheets(tmp_path):
    write(tmp_path, brand=[], load=None)
    assert files(tmp_path) == ["evaluation.md", "metrics.json"]
    assert ".jpg" not in (tmp_path / "evaluation.md").read_text(encoding="utf-8")


def test_without_failures_there_are_no_sheets(tmp_path):
    probabilities = np.tile([0.0, 1.0, 0.0], (6, 1))
    perfect = brand_result(truth=["nike"] * 6, predicted=["nike"] * 6, probabilities=probabilities)
    write(tmp_path, brand=[perfect], retrieval=[])
    assert [name for name in files(tmp_path) if name.endswith(".jpg")] == []


def test_tells_what_is_done(tmp_path):
    told = []
    write(tmp_path, retrieval=[retrieval_run("a"), retrieval_run("b")], done=told.append)
    assert told == ["hog-svm", "a", "b"]


def test_a_failed_run_keeps_the_old_documents(tmp_path):
    write(tmp_path, brand=[])
    before = (tmp_path / "metrics.json").read_bytes()

    def broken(photo_id):
        raise BadImage(f"photo {photo_id} is damaged")

    with pytest.raises(BadImage):
        write(tmp_path, brand=[], retrieval=[retrieval_run("new")], load=broken)
    assert (tmp_path / "metrics.json").read_bytes() == before


def test_refuses_nothing_and_names_that_repeat(tmp_path):
    with pytest.raises(DataError, match="nothing to evaluate"):
        write(tmp_path, brand=[], retrieval=[])
    with pytest.raises(DataError, match="name hog-svm twice"):
        write(tmp_path, brand=[brand_result(), brand_result()])
    with pytest.raises(DataError, match="name dino twice"):
        write(tmp_path, retrieval=[retrieval_run(), retrieval_run()])
    assert files(tmp_path) == []
