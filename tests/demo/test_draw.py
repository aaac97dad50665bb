from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from demo import render_demo
from demo.render.things import KINDS
from sneakers_ml.errors import DataError, UsageError
from tests.demo.conftest import read_rows

SMALL = {"brands": 1, "models": 1, "colourways": 2, "queries": 1, "things": 2}
SMALLER = {"brands": 1, "models": 1, "colourways": 1, "queries": 0, "workers": 1}
COLUMNS = "file,brand,model,product_id,title,colour,style_code,gender,price,currency,url,view"


def digests(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """One model's photos and one query photo."""
    folder = tmp_path_factory.mktemp("small") / "demo"
    render_demo(folder, **SMALL, workers=1)
    return folder


@pytest.fixture
def copy(small, tmp_path):
    """One that may be written over."""
    return shutil.copytree(small, tmp_path / "demo")


def test_counts(demo):
    result = demo.result
    assert (result.brands, result.models, result.products, result.photos, result.queries) == (3, 6, 12, 36, 4)
    assert len(list((demo.folder / "photos").rglob("*.jpg"))) == 36
    assert len(list((demo.folder / "queries").glob("*.jpg"))) == 4


def test_the_same_bytes_with_two_workers(small, tmp_path):
    render_demo(tmp_path / "again", **SMALL, workers=2)
    assert digests(tmp_path / "again") == digests(small)


def test_another_seed_changes_every_photo(demo, tmp_path):
    render_demo(tmp_path / "other", seed=8, **SMALLER)
    other = digests(tmp_path / "other")
    photos = [name for name in other if name.startswith("photos/")]
    assert len(photos) == 3
    assert not {other[name] for name in photos} & set(digests(demo.folder).values())


def test_a_smaller_demo_is_the_start_of_a_larger_one(demo, small):
    photos = {name: digest for name, digest in digests(small).items() if name.startswith("photos/")}
    assert len(photos) == 6
    assert photos.items() <= digests(demo.folder).items()


def test_manifest(demo):
    assert ",".join(demo.rows[0]) == COLUMNS
    assert all(value for row in demo.rows for value in row.values())
    assert len({row["file"] for row in demo.rows}) == 36
    for row in demo.rows:
        assert re.fullmatch(r"photos/[a-z]+/[a-z0-9-]+/[a-z-]+-(left|right|three_quarter)\.jpg", row["file"])
        assert row["title"] == f"{row['brand']} {row['model']} '{row['colour']}'"
        assert row["url"].startswith("https://demo.example/")
        assert row["currency"] == "RUB"
        assert int(row["price"]) > 0


def test_a_product_is_a_colourway_with_three_views(demo):
    products: dict[str, list[dict[str, str]]] = {}
    for row in demo.rows:
        products.setdefault(row["product_id"], []).append(row)
    assert len(products) == 12
    for rows in products.values():
        assert {row["view"] for row in rows} == {"left", "right", "three_quarter"}
        assert len({(row["brand"], row["model"], row["colour"], row["style_code"], row["price"]) for row in rows}) == 1
    assert len({rows[0]["style_code"] for rows in products.values()}) == 12


def test_queries_are_of_catalogued_products_and_kept_apart(demo):
    known = {row["product_id"]: (row["brand"], row["model"]) for row in demo.rows}
    queries = read_rows(demo.folder / "queries.csv")
    assert list(queries[0]) == ["file", "brand", "model", "product_id"]
    assert {row["brand"] for row in queries} == {"Arvo", "Brisko", "Corvane"}
    for row in queries:
        assert known[row["product_id"]] == (row["brand"], row["model"])
        with Image.open(demo.folder / row["file"]) as photo:
            photo.load()
            assert photo.mode == "RGB"
            assert min(photo.size) >= 900
    assert not {row["file"] for row in queries} & {row["file"] for row in demo.rows}


def test_other_things_lie_apart_a_kind_after_the_other(small):
    names = [file.stem.partition("-") for file in sorted((small / "things").iterdir())]
    assert [number for number, _, _ in names] == ["001", "002"]
    assert [kind for _, _, kind in names] == KINDS.names()[:2]
    assert "things" not in (small / "manifest.csv").read_text(encoding="utf-8")


def test_progress_reaches_the_total(demo):
    done = [count for count, _ in demo.reported]
    assert done == sorted(done)
    assert demo.reported[-1] == (40, 40)
    assert {total for _, total in demo.reported} == {40}


def test_an_earlier_demo_is_replaced_and_nothing_is_left_beside_it(copy):
    render_demo(copy, **SMALLER)
    assert len(list(copy.rglob("*.jpg"))) == 3
    assert [path.name for path in copy.parent.iterdir()] == ["demo"]


def test_a_failure_leaves_the_old_demo(copy):
    before = digests(copy)

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_demo(copy, seed=9, **SMALLER, on_progress=interrupt)
    assert digests(copy) == before
    assert [path.name for path in copy.parent.iterdir()] == ["demo"]


def test_a_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"dear to somebody")
    with pytest.raises(DataError, match="not a demo"):
        render_demo(tmp_path, **SMALLER)
    assert (tmp_path / "holiday.jpg").read_bytes() == b"dear to somebody"


@pytest.mark.parametrize(
    "wrong",
    [
        {"brands": 0},
        {"brands": 11},
        {"models": 13},
        {"colourways": 7},
        {"queries": -1},
        {"things": -1},
        {"seed": -1},
        {"workers": 0},
    ],
)
def test_sizes_out_of_range_are_refused(tmp_path, wrong):
    with pytest.raises(UsageError, match="choose"):
        render_demo(tmp_path / "demo", **wrong)
    assert not list(tmp_path.iterdir())
