from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sneakers_ml.spreadsheets import text_cell, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0.jpg"])
def test_no_text_is_a_formula(text: str) -> None:
    assert text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "nike/-1.jpg", "'=1", "é"])
def test_other_texts_stay(text: str) -> None:
    assert text_cell(text) == text


def test_a_table_of_texts_and_numbers(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ["file", "row"], [("=x,\n.jpg", -1), ("b.jpg", 2)])
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["file", "row"], ["'=x,\n.jpg", "-1"], ["b.jpg", "2"]]
