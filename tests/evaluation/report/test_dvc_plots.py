from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import yaml

from sneakers_ml.evaluation.report.dvc_plots import write_plots
from sneakers_ml.workspace.paths import PROJECT_ROOT
from tests.evaluation.builders import findings


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("reports") / "plots"
    write_plots(path, findings())
    return path


def test_a_row_a_photo_of_all_places_for_the_confusion(folder):
    table = pd.read_csv(folder / "confusion.csv")
    assert table.groupby(["actual", "predicted"]).size().to_dict() == {
        ("a", "a"): 1,
        ("a", "p"): 1,
        ("n", "n"): 2,
        ("n", "a"): 1,
        ("p", "p"): 1,
        ("p", "n"): 1,
        ("p", "a"): 1,
    }


def test_f1_of_each_brand(folder):
    # n: 2 hits, 3 shown, 3 named; a: 1, 2, 3; p: 1, 3, 2.
    table = pd.read_csv(folder / "f1.csv").set_index("brand")["f1"]
    assert table.to_dict() == pytest.approx({"n": 4 / 6, "a": 2 / 5, "p": 2 / 5}, abs=1e-4)


def test_a_file_of_bins_a_source(folder):
    assert sorted(path.name for path in (folder / "reliability").iterdir()) == [
        "kicks.csv",
        "laces.csv",
        "own_shops.csv",
        "street_not_trained_on.csv",
    ]
    assert (folder / "reliability" / "own_shops.csv").read_text() == "confidence,accuracy,photos\n0.8,0.6667,6\n"


def test_the_points_of_the_curve_or_their_header(folder, tmp_path):
    assert (folder / "learning_curve.csv").read_text() == (
        "products,macro_f1,lowest,highest\n5,0.61,0.5,0.7\n10,0.75,0.75,0.75\n"
    )
    write_plots(tmp_path / "plots", findings(curve=None))
    assert (tmp_path / "plots" / "learning_curve.csv").read_text() == "products,macro_f1,lowest,highest\n"


def test_sources_that_are_gone_go(tmp_path):
    found = findings()
    write_plots(tmp_path / "plots", found)
    write_plots(tmp_path / "plots", replace(found, by_source=found.by_source[:1]))
    assert [path.name for path in (tmp_path / "plots" / "reliability").iterdir()] == ["own_shops.csv"]


def test_a_name_of_a_source_is_no_path(tmp_path):
    found = findings()
    write_plots(tmp_path / "plots", replace(found, by_source=[replace(found.by_source[0], name="../../x/y")]))
    assert [path.name for path in (tmp_path / "plots" / "reliability").iterdir()] == ["_x_y.csv"]


def test_dvc_yaml_draws_columns_that_are_there(folder):
    plots = yaml.safe_load((PROJECT_ROOT / "dvc.yaml").read_text())["plots"]
    drawn = {path: options for each in plots for path, options in each.items()}
    assert {path.removeprefix("reports/plots/") for path in drawn} == {path.name for path in folder.iterdir()}
    for path, options in drawn.items():
        place = folder / path.removeprefix("reports/plots/")
        columns = options["y"] if isinstance(options["y"], list) else [options["y"]]
        for file in place.iterdir() if place.is_dir() else [place]:
            assert {options["x"], *columns} <= set(pd.read_csv(file).columns)
