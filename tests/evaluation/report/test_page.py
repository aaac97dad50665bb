from __future__ import annotations

from dataclasses import replace

from sneakers_ml.evaluation.metrics.bootstrap import Resampling
from sneakers_ml.evaluation.report.page import render
from tests.evaluation.builders import candidate, findings, selection


def page(**changes):
    return render(findings(**changes), Resampling(1000))


def tables(text):
    """The table under each heading: heading -> rows of cells, without the header and the rule."""
    found, heading = {}, ""
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if line.startswith("|"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split(" | ")])
    return {heading: rows[2:] for heading, rows in found.items()}


def test_it_is_one_page_that_leads_to_the_other():
    text = page()
    assert "[index.html](index.html)" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## What serves",
        "## By source",
        "## Brand models",
        "## Similar sneakers",
        "## Learning curve",
    ]
    assert len(text.splitlines()) < 70


def test_what_serves_why_and_what_it_was_judged_by():
    assert "**net-svm** serves. The best. Kept out of training: street." in page()
    chosen = selection()
    alone = replace(chosen, choice=chosen.choice.model_copy(update={"unseen_sources": (), "stand_in": True}))
    assert "No source was kept out of training." in page(selection=alone)


def test_own_shops_first_then_each_and_then_where_it_was_not_trained():
    rows = tables(page())["By source"]
    # Of six photos of own shops four are right: those of the first shop all, of the second one of three.
    assert [row[:2] for row in rows] == [
        ["**own shops**", "6"],
        ["kicks", "3"],
        ["laces", "3"],
        ["street (not trained on)", "2"],
    ]
    assert [row[2].split()[0] for row in rows] == ["0.667", "1.000", "0.333", "0.000"]


def test_models_stand_in_the_order_of_the_choice():
    rows = tables(page())["Brand models"]
    assert [row[0] for row in rows] == ["**net-svm**", "res-svm (untrained)"]
    assert rows[0][1].startswith("**1.000** (1.000–1.000)")
    assert rows[0][3:] == ["0.500", "0.500", "0.500", "28.0", "12.3", "–"]
    assert rows[1][3:] == ["0.500", "0.500", "–", "–", "12.3", "untrained"]
    assert "An untrained extractor has random weights" in page()


def test_a_candidate_without_figures_on_test_photos_is_left_out():
    chosen = selection()
    more = chosen.choice.model_copy(update={"candidates": (candidate("other-svm"), *chosen.choice.candidates)})
    assert len(tables(page(selection=replace(chosen, choice=more)))["Brand models"]) == 2


def test_the_best_extractor_by_map_comes_first():
    rows = tables(page())["Similar sneakers"]
    assert {row[0] for row in rows} == {"net", "res (untrained)"}


def test_the_points_of_the_curve():
    assert tables(page())["Learning curve"] == [
        ["50%", "4", "5", "20", "0.610", "0.500–0.700", "3"],
        ["100%", "8", "10", "41", "0.750", "–", "1"],
    ]
    assert "## Learning curve" not in page(curve=None)


def test_every_table_row_has_as_many_cells_as_its_header():
    for block in (block for block in page().split("\n\n") if block.startswith("|")):
        assert len({line.replace("\\|", "").count("|") for line in block.strip().splitlines()}) == 1


def test_names_cannot_break_the_markup():
    hostile = [replace(each, name="my_shop|x*y") for each in findings().by_source]
    assert "| my\\_shop\\|x\\*y |" in page(by_source=hostile)
