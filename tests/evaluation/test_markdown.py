from __future__ import annotations

import pytest

from sneakers_ml.evaluation.bootstrap import Interval
from sneakers_ml.evaluation.markdown import Entry, render
from sneakers_ml.evaluation.metrics import classification_metrics
from sneakers_ml.evaluation.summary import Slices, Summary

COUNTS = {"photos": 1234, "models": 56, "brands": 3, "unknown_photos": 7}


def brand_entry(name, macro_f1, ece=0.1, source="shop"):
    figures = {"macro_f1": Interval(macro_f1, macro_f1 - 0.05, macro_f1 + 0.05), "ece": Interval(ece)}
    per_brand = classification_metrics(["nike", "vans"], ["nike", "nike"], ["nike", "puma", "vans"])["per_brand"]
    summary = Summary(COUNTS, figures)
    links = {"confusion": f"evaluation/{name}.png"}
    return Entry(name, Slices(summary, {source: summary}), links, per_brand)


def retrieval_entry(name, figures):
    summary = Summary({"queries": 90, "models": 30, "left_out": 4}, figures)
    return Entry(name, Slices(summary, {"shop": summary}), {})


def page(brand=(), retrieval=()):
    return render(brand, retrieval, resamples=1000, level=0.95)


def rows(text, start):
    return [line for line in text.splitlines() if line.startswith(start)]


def test_best_model_comes_first_in_bold():
    text = page([brand_entry("hog-svm", 0.5), brand_entry("cnn-svm", 0.7, ece=0.2)])
    assert rows(text, "| **cnn-svm** |") == [
        "| **cnn-svm** | 1,234 | 56 | 3 | 7 | **0.700** (0.650–0.750) | – | 0.200 | – "
        "| [confusion](evaluation/cnn-svm.png) |"
    ]
    # Of the calibration error the lower one is the better.
    assert "| 0.500 (0.450–0.550) | – | **0.100** |" in rows(text, "| hog-svm |")[0]
    assert text.index("| **cnn-svm** |") < text.index("| hog-svm |")
    assert "**cnn-svm**, 0.700 (0.650–0.750) on 1,234 photos of 56 shoe models" in text


def test_every_table_row_has_as_many_cells_as_its_header():
    figures = {"recall_at_1": Interval(0.5, 0.4, 0.6), "map": Interval(0.3, 0.2, 0.4)}
    text = page(
        [brand_entry("hog-svm", 0.5), brand_entry("cnn-svm", 0.4, source="a|b")], [retrieval_entry("hog", figures)]
    )
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5
    for table in tables:
        assert len({line.replace("\\|", "").count("|") for line in table.strip().splitlines()}) == 1


def test_rows_by_source_stand_together():
    text = page([brand_entry("hog-svm", 0.5), brand_entry("cnn-svm", 0.7), brand_entry("other", 0.9, source="street")])
    by_source = [row.split(" | ")[:2] for row in rows(text, "| shop |") + rows(text, "| street |")]
    assert by_source == [["| shop", "cnn-svm"], ["| shop", "hog-svm"], ["| street", "other"]]


def test_a_single_model_is_not_the_best_of_anything():
    assert "| 0.500 (0.450–0.550) |" in page([brand_entry("hog-svm", 0.5)])


def test_each_brand_of_the_best_model():
    text = page([brand_entry("hog-svm", 0.5)])
    assert "### Each brand, hog-svm" in text
    assert rows(text, "| nike |") == ["| nike | 1 | 0.500 | 1.000 | 0.667 |"]
    assert rows(text, "| puma |") == []  # no photo of it in the truth


def test_retrieval_columns_follow_the_figures():
    figures = {"recall_at_1": Interval(0.5, 0.4, 0.6), "recall_at_20": Interval(0.9), "map": Interval(0.3, 0.2, 0.4)}
    text = page((), [retrieval_entry("hog", {}), retrieval_entry("cnn", figures)])
    assert "| Model | Queries | Shoe models | Left out | Recall@1 | Recall@20 | mAP | Pictures |" in text
    assert "| hog | 90 | 30 | 4 | – | – | – | – |" in text
    assert "**cnn**, 0.300 (0.200–0.400) on 90 photos of 30 shoe models" in text


@pytest.mark.parametrize(("brand", "present"), [(True, "## Brands"), (False, "## Similar sneakers")])
def test_sections_without_entries_are_left_out(brand, present):
    text = page([brand_entry("hog-svm", 0.5)], ()) if brand else page((), [retrieval_entry("hog", {})])
    assert {line for line in text.splitlines() if line.startswith("## ")} == {present}


def test_explains_splits_and_intervals():
    text = page([brand_entry("hog-svm", 0.5)])
    assert "split by shoe model" in text
    assert "95% of 1,000 bootstrap resamples" in text


def test_names_cannot_break_the_markup():
    entry = brand_entry("hog-svm", 0.5, source="my_shop|x*y")
    assert "| my\\_shop\\|x\\*y |" in page([entry])
