from __future__ import annotations

import pytest
from pydantic import BaseModel

from sneakers_ml.errors import BundleError
from sneakers_ml.files import read_json


class Shelf(BaseModel):
    boxes: int


def test_a_file_that_fits_is_read(tmp_path):
    (tmp_path / "shelf.json").write_text('{"boxes": 3}')
    assert read_json(tmp_path / "shelf.json", Shelf, "sneakers shelve") == Shelf(boxes=3)


@pytest.mark.parametrize("content", ["", "{", '{"boxes": "many"}', "\xff"])
def test_a_file_that_does_not_is_damaged(tmp_path, content):
    (tmp_path / "shelf.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(BundleError, match=r"shelf\.json: damaged; run `sneakers shelve`$"):
        read_json(tmp_path / "shelf.json", Shelf, "sneakers shelve")


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path):
    with pytest.raises(BundleError, match=r"shelf\.json: missing; run `sneakers shelve`$"):
        read_json(tmp_path / "shelf.json", Shelf, "sneakers shelve")
    with pytest.raises(BundleError, match="damaged"):
        read_json(tmp_path, Shelf, "sneakers shelve")
