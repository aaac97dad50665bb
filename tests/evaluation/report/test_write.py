from __future__ import annotations

import json

import pytest

from sneakers_ml.errors import DataError
from sneakers_ml.evaluation.report.write import write_report
from tests.evaluation.builders import findings, page_data


def test_writes_every_document_and_returns_the_figures(tmp_path):
    document = write_report(tmp_path, findings(), page_data())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evaluation.md", "index.html", "metrics.json", "plots"]
    assert json.loads((tmp_path / "metrics.json").read_text()) == document
    times = ("60.0", "28.04")  # which are different each time
    assert not any(time in (tmp_path / "metrics.json").read_text() for time in times)


def test_a_failed_run_keeps_the_old_documents(tmp_path):
    write_report(tmp_path, findings(), page_data())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def broken(picture):
        raise DataError(f"photo {picture.photo_id} is damaged")

    with pytest.raises(DataError, match="is damaged"):
        write_report(tmp_path, findings(curve=None), page_data(load=broken))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
