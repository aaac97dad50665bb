from __future__ import annotations

from pathlib import Path

from sneakers_ml.workspace.paths import PROJECT_ROOT, Workspace

HOME = Workspace(Path("/srv/sneakers"))


def test_the_project_root_is_the_checkout():
    assert (PROJECT_ROOT / "pyproject.toml").is_file()
    assert (PROJECT_ROOT / "src" / "sneakers_ml" / "workspace" / "paths.py").is_file()


def test_everything_lies_in_data_models_or_reports():
    root = HOME.root
    assert HOME.params == root / "params.yaml"
    assert HOME.source("superkicks") == root / "data" / "raw" / "superkicks"
    assert HOME.products.parent == HOME.listings.parent == root / "data" / "catalogue"
    assert HOME.photo_table == root / "data" / "photos" / "photos.parquet"
    assert HOME.split == root / "data" / "split.parquet"
    assert HOME.features == root / "data" / "features"
    assert HOME.extractor("hog") == root / "models" / "extractors" / "hog"
    assert HOME.brand_model("hog-svm") == root / "models" / "brand" / "hog-svm"
    assert HOME.index == root / "models" / "index"
    assert HOME.bundle == root / "models" / "serving"
    assert HOME.reports == root / "reports"
    assert HOME.choice == root / "reports" / "choice.json"
    assert HOME.times == root / "reports" / "times.json"


def test_no_two_places_are_one():
    places = [getattr(HOME, name) for name, value in vars(Workspace).items() if isinstance(value, property)]
    assert len(set(places)) == len(places)
