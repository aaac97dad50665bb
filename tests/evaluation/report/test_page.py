from __future__ import annotations

import numpy as np
import pytest

from sneakers_ml.evaluation.metrics.bootstrap import Interval, Resampling
from sneakers_ml.evaluation.metrics.comparison import Comparison
from sneakers_ml.evaluation.metrics.results import Cost, ViewResult
from sneakers_ml.evaluation.metrics.summary import Slices, Summary
from sneakers_ml.evaluation.metrics.views import PhotoMap, ViewAnalysis
from sneakers_ml.evaluation.report.page import curve_section, render, view_section
from sneakers_ml.evaluation.report.tables import BrandEntry, Entry
from tests.evaluation.builders import answers, retrieval_result

COUNTS = {"photos": 1234, "models": 56, "brands": 3, "unknown_photos": 7}
WORSE = Comparison(Interval(-0.2, -0.31, -0.1), 0.0004)


def brand_entry(
    name, macro_f1, ece=0.1, sources=("shop",), comparison=None, chosen=True, slices=None, predicted="ppn", **changes
):
    """Its photos show p, p and n."""
    figures = {"macro_f1": Interval(macro_f1, macro_f1 - 0.05, macro_f1 + 0.05), "ece": Interval(ece)}
    summary = Summary(COUNTS, figures)
    slices = slices or Slices(summary, dict.fromkeys(sources, summary))
    result = answers(name, predicted, truth="ppn", groups="abc", **changes)
    return BrandEntry(result, slices, {"confusion": f"evaluation/{name}.png"}, comparison, chosen)


def retrieval_entry(name, figures, weights=""):
    summary = Summary({"queries": 90, "models": 30, "left_out": 4}, figures)
    return Entry(retrieval_result(name, weights), Slices(summary, {"shop": summary}), {})


def page(brand=(), retrieval=(), **changes):
    return render(brand, retrieval, Resampling(1000), **changes)


def tables(text):
    """The tables under each heading: heading -> rows of cells, without the header and the rule."""
    found, heading = {}, ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if line.startswith("|"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split(" | ")])
    return {heading: rows[2:] for heading, rows in found.items()}


MODELS, MATRIX, CHOSEN = (
    "Extractors and classifiers",
    "Macro-F1, extractor by classifier",
    ("Best classifier of each extractor"),
)


class TestComparison:
    def test_every_model_best_first_with_its_difference_and_cost(self):
        best = brand_entry("cnn-svm", 0.5, ece=0.2, val_macro_f1=0.61234, cost=Cost(61.25, 0.314, 2_500_000))
        other = brand_entry("hog-svm", 0.7, comparison=WORSE, val_macro_f1=0.5)
        first, second = tables(page([best, other]))[MODELS]
        assert first == [
            *("hog-svm", "0.500", "**0.700** (0.650–0.750)", "–", "**0.100**"),
            *("−0.200 (−0.310 to −0.100)", "yes", "< 0.001"),
            *("–", "–", "–"),
        ]
        assert second == [
            *("cnn-svm", "0.612", "0.500 (0.450–0.550)", "–", "0.200"),
            *("–", "–", "–"),
            *("61.2", "0.31", "2,500"),
        ]

    def test_the_best_on_validation_is_what_the_others_are_measured_by(self):
        text = page([brand_entry("hog-svm", 0.7, comparison=WORSE), brand_entry("cnn-svm", 0.5)])
        assert "Best on validation photos: **cnn-svm**. On test photos its macro-F1 is 0.500 (0.450–0.550)" in text
        assert "Differences are to **cnn-svm**" in text
        assert "### Each brand, cnn-svm" in text

    def test_a_difference_around_zero_is_no_difference(self):
        unsure = Comparison(Interval(0.0, -0.1, 0.1), 0.25)
        row = tables(page([brand_entry("hog-sgd", 0.7, comparison=unsure), brand_entry("hog-svm", 0.7)]))[MODELS][0]
        assert row[5:8] == ["0.000 (−0.100 to +0.100)", "no", "0.250"]

    def test_a_difference_without_bounds_decides_nothing(self):
        unknown = Comparison(Interval(-0.1), 1.0)
        row = tables(page([brand_entry("hog-sgd", 0.7, comparison=unknown), brand_entry("hog-svm", 0.7)]))[MODELS][0]
        assert row[5:7] == ["−0.100", "–"]

    def test_sizes_are_added(self):
        sized = [
            brand_entry("hog-svm", 0.5, cost=Cost(size=1_500_000)),
            brand_entry("hog-sgd", 0.4, comparison=WORSE, cost=Cost(size=700_000)),
        ]
        assert "The 2 models take 2.2 MB together." in page(sized)
        assert "MB together" not in page([brand_entry("hog-svm", 0.5)])

    def test_a_single_model_is_not_the_best_of_anything(self):
        text = page([brand_entry("hog-svm", 0.5)])
        assert tables(text)[MODELS][0][2] == "0.500 (0.450–0.550)"
        assert "Differences are to" not in text


class TestMatrix:
    def test_of_all_photos_and_of_each_source_beside(self):
        only_shop = Slices(
            Summary(COUNTS, {"macro_f1": Interval(0.3)}), {"shop": Summary(COUNTS, {"macro_f1": Interval(0.2)})}
        )
        entries = [
            brand_entry("hog-svm", 0.7, sources=("shop", "street")),
            brand_entry("hog-sgd", 0.5, sources=("shop", "street"), comparison=WORSE),
            brand_entry("cnn-sgd", 0.3, slices=only_shop, comparison=WORSE),
        ]
        text = page(entries)
        assert "| Photos of | Extractor | sgd | svm |" in text
        assert tables(text)[MATRIX] == [
            ["all sources", "cnn", "0.300", "–"],
            ["all sources", "hog", "0.500", "**0.700**"],
            ["shop", "cnn", "0.200", "–"],
            ["shop", "hog", "0.500", "**0.700**"],
            ["street", "cnn", "–", "–"],
            ["street", "hog", "0.500", "**0.700**"],
        ]

    def test_one_source_is_all_there_is(self):
        assert tables(page([brand_entry("hog-svm", 0.7)]))[MATRIX] == [["all sources", "hog", "0.700"]]


class TestDetails:
    def test_of_the_chosen_alone(self):
        entries = [brand_entry("hog-svm", 0.5), brand_entry("hog-sgd", 0.7, comparison=WORSE, chosen=False)]
        found = tables(page(entries))
        assert [row[0] for row in found[CHOSEN]] == ["**hog-svm**"]
        assert [row[:2] for row in found["Brands by source"]] == [["shop", "hog-svm"]]
        assert len(found[MODELS]) == 2

    def test_the_best_of_each_column_and_the_links(self):
        entries = [brand_entry("hog-svm", 0.5, comparison=WORSE), brand_entry("cnn-svm", 0.7, ece=0.2)]
        assert tables(page(entries))[CHOSEN] == [
            [
                *("**cnn-svm**", "1,234", "56", "3", "7"),
                *("**0.700** (0.650–0.750)", "–", "0.200", "–", "[confusion](evaluation/cnn-svm.png)"),
            ],
            [
                *("hog-svm", "1,234", "56", "3", "7"),
                *("0.500 (0.450–0.550)", "–", "**0.100**", "–", "[confusion](evaluation/hog-svm.png)"),
            ],
        ]

    def test_rows_by_source_stand_together(self):
        entries = [
            brand_entry("hog-svm", 0.5, comparison=WORSE),
            brand_entry("cnn-svm", 0.7),
            brand_entry("other-svm", 0.9, sources=("street",), comparison=WORSE),
        ]
        by_source = [row[:2] for row in tables(page(entries))["Brands by source"]]
        assert by_source == [["shop", "cnn-svm"], ["shop", "hog-svm"], ["street", "other-svm"]]

    def test_each_brand_of_the_best_model(self):
        rows = tables(page([brand_entry("hog-svm", 0.5, predicted="pnn")]))["Each brand, hog-svm"]
        # p: 1 hit, 2 true, 1 predicted; n: 1 hit, 1 true, 2 predicted; no photo of a in the truth.
        assert rows == [["p", "2", "1.000", "0.500", "0.667"], ["n", "1", "0.500", "1.000", "0.667"]]


class TestUntrained:
    def test_is_marked_wherever_it_stands(self):
        entries = [
            brand_entry("resnet152-svm", 0.9, weights="random", sources=("a", "b")),
            brand_entry("hog-svm", 0.5, comparison=WORSE, sources=("a", "b")),
        ]
        figures = {"map": Interval(0.3, 0.2, 0.4)}
        text = page(entries, [retrieval_entry("resnet152", figures, "random"), retrieval_entry("hog", figures)])
        named = text.count("resnet152")
        assert named == text.count("resnet152 (untrained)") + text.count("resnet152-svm (untrained)") + 1  # a picture
        assert "Best on validation photos: **resnet152-svm (untrained)**" in text
        assert "An untrained extractor has random weights" in text

    def test_is_not_spoken_of_where_there_is_none(self):
        assert "ntrained" not in page([brand_entry("hog-svm", 0.5)])


class TestRetrieval:
    def test_columns_follow_the_figures(self):
        figures = {
            "recall_at_1": Interval(0.5, 0.4, 0.6),
            "recall_at_20": Interval(0.9),
            "map": Interval(0.3, 0.2, 0.4),
        }
        text = page((), [retrieval_entry("hog", {}), retrieval_entry("cnn", figures)])
        assert "| Model | Queries | Shoe models | Left out | Recall@1 | Recall@20 | mAP | Pictures |" in text
        assert "| hog | 90 | 30 | 4 | – | – | – | – |" in text
        assert "**cnn**, 0.300 (0.200–0.400) on 90 photos of 30 shoe models" in text


def test_every_table_row_has_as_many_cells_as_its_header():
    figures = {"recall_at_1": Interval(0.5, 0.4, 0.6), "map": Interval(0.3, 0.2, 0.4)}
    brands = [brand_entry("hog-svm", 0.5), brand_entry("cnn-svm", 0.4, sources=("a|b", "c"), comparison=WORSE)]
    blocks = [block for block in page(brands, [retrieval_entry("hog", figures)]).split("\n\n") if block.startswith("|")]
    assert len(blocks) == 7
    for block in blocks:
        assert len({line.replace("\\|", "").count("|") for line in block.strip().splitlines()}) == 1


@pytest.mark.parametrize(("brand", "present"), [(True, "## Brands"), (False, "## Similar sneakers")])
def test_sections_without_entries_are_left_out(brand, present):
    text = page([brand_entry("hog-svm", 0.5)], ()) if brand else page((), [retrieval_entry("hog", {})])
    assert {line for line in text.splitlines() if line.startswith("## ")} == {present}


def test_further_sections_come_last():
    assert page([brand_entry("hog-svm", 0.5)], more=["## View angle\n", "Well.\n"]).endswith("## View angle\n\nWell.\n")


def test_explains_splits_and_intervals():
    text = page([brand_entry("hog-svm", 0.5)])
    assert "split by shoe model" in text
    assert "95% of 1,000 bootstrap resamples" in text


def test_names_cannot_break_the_markup():
    entry = brand_entry("hog-svm", 0.5, sources=("my_shop|x*y",))
    assert "| my\\_shop\\|x\\*y |" in page([entry])


NOWHERE = PhotoMap(np.zeros((0, 2), np.float32), *[np.array([], dtype=str)] * 3)


def view_row(*values, label="view"):
    """The row of an extractor whose neighbours agree so far by brand, view and source."""
    found = [None if value is None else Interval(value, value - 0.1, value + 0.1) for value in values]
    result = ViewResult(name="hog", weights="random", analysis=ViewAnalysis(100, 10, *found, label, NOWHERE))
    return tables("\n".join(view_section([result], {})))["View angle"][0]


def test_each_label_has_its_agreement():
    assert view_row(0.5, 0.05, None) == [
        *("hog (untrained)", "0.500 (0.400–0.600)", "0.050 (−0.050 to 0.150)", "–", "brand")
    ]


@pytest.mark.parametrize(
    ("brand", "view", "source", "label", "most"),
    [
        (0.5, 0.4, 0.3, "view", "brand"),
        (0.4, 0.5, 0.3, "view", "view"),
        (0.4, 0.5, 0.3, "position", "place in the gallery"),
        (0.4, 0.5, 0.6, "view", "source"),
        (0.4, None, 0.6, "view", "source"),
        (0.4, None, None, "view", "–"),
    ],
)
def test_what_neighbours_agree_by_most(brand, view, source, label, most):
    assert view_row(brand, view, source, label=label)[-1] == most


def test_without_views_or_curve_there_is_no_section():
    assert view_section([], {}) == []
    assert curve_section(None, {}) == []
