from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sneakers_ml.catalogue.schema import PHOTOS, SPLIT, check
from sneakers_ml.errors import DataError

FILE = Path("data/photos/photos.parquet")


def photos(**changes):
    columns = {
        "photo_id": ["a" * 40, "b" * 40],
        "file": ["images/a.jpg", "images/b.jpg"],
        "product_id": ["0" * 16, "1" * 16],
        "model_id": ["2" * 16, "2" * 16],
        "brand": ["puma", "vans"],
        "shop": ["a", "b"],
        "source": ["a", "b"],
        "view": ["left", None],
        "position": [1, 2],
        "width": [512, 96],
        "height": [300, 64],
        "duplicate_group": [0, 1],
    }
    return pd.DataFrame(columns | changes)


def test_a_table_that_keeps_its_contract_passes_unchanged():
    pd.testing.assert_frame_equal(check(photos(), PHOTOS, FILE), photos(), check_dtype=False)


def test_rows_are_numbered_from_zero_after_the_check():
    assert check(photos().iloc[::-1], PHOTOS, FILE).index.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("photo_id", ["a" * 40, "a" * 40]),
        ("photo_id", ["a" * 40, "xyz"]),
        ("file", ["images/a.jpg", "images/a.jpg"]),
        ("product_id", ["0" * 16, None]),
        ("position", [1, 0]),
        ("width", [512, 0]),
        ("height", [300, -1]),
        ("duplicate_group", [0, -1]),
    ],
)
def test_a_value_that_breaks_the_contract_is_named_with_its_file_and_column(column, values):
    with pytest.raises(DataError, match=rf"data/photos/photos\.parquet: breaks its contract: .*{column}") as caught:
        check(photos(**{column: values}), PHOTOS, FILE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("column", ["model_id", "position"])
def test_a_missing_column_is_named(column):
    with pytest.raises(DataError, match=column):
        check(photos().drop(columns=column), PHOTOS, FILE)


def test_a_side_that_is_no_side_is_refused():
    columns = {"photo_id": ["a" * 40], "split": ["validation"], "group": [0], "known": [True], "unseen": [False]}
    table = pd.DataFrame(columns)
    with pytest.raises(DataError, match="validation"):
        check(table, SPLIT, FILE)
