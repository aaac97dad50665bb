from __future__ import annotations

import json

import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.index.spec import INDEX_SPEC, IndexSpec, read_index_spec

RULES = {
    "sneaker": {"weights": {"similarity": 1.0}, "threshold": 0.5},
    "brand": {"weights": {"confidence": 1.0, "agreement": 2.0}, "threshold": 0.1, "bias": -1.0},
    "same_model": {"weights": {"lead": 3.0}, "threshold": 0.2},
    "floor": 0.5,
}
WHOLE = {"extractor": "hog", "model": "hog-svm", "dim": 8, "codec": "flat", "photos": 3, "rules": RULES}


def test_what_was_written_is_read(tmp_path):
    (tmp_path / INDEX_SPEC).write_text(json.dumps(WHOLE))
    read = read_index_spec(tmp_path)
    assert read == IndexSpec.model_validate(WHOLE)
    assert (read.rules.same, read.rules.floor) == (None, 0.5)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", json.dumps({**WHOLE, "dim": "many"}), json.dumps({**WHOLE, "more": 1})]
)
def test_a_damaged_file_names_itself_and_the_remedy(tmp_path, content):
    (tmp_path / INDEX_SPEC).write_text(content)
    with pytest.raises(BundleError, match=r"index\.json: .*run `sneakers index`"):
        read_index_spec(tmp_path)


def test_a_missing_file_names_itself(tmp_path):
    with pytest.raises(BundleError, match=r"index\.json: missing"):
        read_index_spec(tmp_path)
