from __future__ import annotations

import pandas as pd
import pytest

from sneakers_ml.errors import DataError
from sneakers_ml.tables import read_table, write_table

TABLE = pd.DataFrame({"brand": ["puma", None], "price": [9.5, None], "files": [["a", "b"], []]})


@pytest.fixture
def path(tmp_path):
    write_table(TABLE, tmp_path / "data" / "table.parquet")
    return tmp_path / "data" / "table.parquet"


def test_a_table_is_read_as_it_was_written(path):
    found = read_table(path, "merge")
    assert found["brand"].isna().tolist() == [False, True]
    assert found["price"].tolist()[0] == 9.5
    assert [list(files) for files in found["files"]] == [["a", "b"], []]
    assert list(path.parent.iterdir()) == [path]


def test_only_the_wanted_columns_are_read_in_their_order(path):
    assert list(read_table(path, "merge", ["files", "brand"])) == ["files", "brand"]


def test_the_tables_own_row_numbers_are_not_written(path):
    write_table(TABLE.set_index(pd.Index([7, 3])), path)
    assert read_table(path, "merge").index.tolist() == [0, 1]


def test_a_missing_table_names_the_stage_that_writes_it(tmp_path):
    with pytest.raises(DataError, match=r"photos\.parquet: missing; run `sneakers photos`"):
        read_table(tmp_path / "photos.parquet", "photos")


@pytest.mark.parametrize("content", [b"", b"not parquet", b"PAR1" + b"\0" * 40 + b"PAR1"])
def test_a_damaged_table_is_one_line(path, content):
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"table\.parquet: damaged \(.*\); run `sneakers merge`$") as caught:
        read_table(path, "merge")
    assert "\n" not in str(caught.value)


def test_a_table_without_a_wanted_column_is_an_error(path):
    with pytest.raises(DataError, match=r"colour.*run `sneakers merge`"):
        read_table(path, "merge", ["brand", "colour"])


def test_a_table_that_cannot_be_written_leaves_the_old_one(path):
    before = path.read_bytes()
    with pytest.raises(Exception, match=r"(?i)convert|type"):
        write_table(pd.DataFrame({"mixed": [object(), 1]}), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
