from __future__ import annotations

import json

import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.index.spec import INDEX_SPEC, IndexSpec, read_index_spec

WHOLE = {"extractor": "hog", "dim": 8, "codec": "flat", "photos": 3, "similarity_floor": 0.5}


def test_what_was_written_is_read(tmp_path):
    (tmp_path / INDEX_SPEC).write_text(json.dumps(WHOLE))
    assert read_index_spec(tmp_path) == IndexSpec(**WHOLE)


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
