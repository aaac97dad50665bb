from __future__ import annotations

import os
from pathlib import Path

import pytest

from sneakers_ml.catalogue.manifest import Rejection, Row, read_manifest, walk_folders
from sneakers_ml.errors import DataError


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "photos.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rows(tmp_path: Path, text: str) -> list[Row | Rejection]:
    return list(read_manifest(table(tmp_path, text)))


def test_every_column_is_taken_and_unknown_ones_are_ignored(tmp_path: Path) -> None:
    header = "brand,file,model,product_id,title,price,currency,url,colour,style_code,gender,view,shelf"
    line = 'Nike,a/1.jpg,Air Max,42,"Nike  Air Max, red",129.90,USD,https://s.example/42,red,AB-1,men,Three-Quarter,7'
    assert rows(tmp_path, f"{header}\n{line}\n") == [
        Row(
            file="a/1.jpg",
            brand="Nike",
            model="Air Max",
            product_id="42",
            title="Nike Air Max, red",
            price=129.9,
            currency="USD",
            url="https://s.example/42",
            colour="red",
            style_code="AB-1",
            gender="men",
            view="three_quarter",
        )
    ]


def test_a_table_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    text = "\ufeff File ,BRAND\r\n./a//1.jpg, Nike \r\n\r\n,\r\nб.jpg,Адидас"
    assert rows(tmp_path, text) == [Row("a/1.jpg", "Nike"), Row("б.jpg", "Адидас")]


@pytest.mark.parametrize(
    ("price", "expected", "faults"),
    [
        ("4990", 4990.0, 0),
        ("0.5", 0.5, 0),
        ("", None, 0),
        ("4 990", None, 1),
        ('"4,990"', None, 1),
        ("-5", None, 1),
        ("nan", None, 1),
        ("inf", None, 1),
        ("1e5", None, 1),
        ("٣", None, 1),
        ("9" * 400, None, 1),
        ("$12", None, 1),
    ],
)
def test_only_plain_decimal_prices_count(tmp_path: Path, price: str, expected: float | None, faults: int) -> None:
    assert rows(tmp_path, f"file,brand,price\n1.jpg,nike,{price}\n") == [
        Row("1.jpg", "nike", price=expected, faults=faults)
    ]


def test_an_unknown_view_is_left_out_and_counted(tmp_path: Path) -> None:
    assert rows(tmp_path, "file,brand,view\n1.jpg,nike,inside\n") == [Row("1.jpg", "nike", faults=1)]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("../1.jpg,nike", "leads out"),
        ("a/../../1.jpg,nike", "leads out"),
        ("/etc/passwd,nike", "leads out"),
        ("//host/1.jpg,nike", "leads out"),
        ("1.jpg,", "brand is empty"),
        ("1.jpg,  ", "brand is empty"),
        ("1.jpg", "brand is empty"),
        (",nike", "no file"),
        (".,nike", "no file"),
        ("1.jpg,nike,Air Max, red", "more cells"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_the_rest_goes_on(tmp_path: Path, line: str, word: str) -> None:
    rejected, kept = rows(tmp_path, f"file,brand\n{line}\na/../2.jpg,nike\n")
    assert isinstance(rejected, Rejection)
    assert word in rejected.reason
    assert kept == Row("2.jpg", "nike")


@pytest.mark.parametrize(
    ("text", "encoding", "word"),
    [
        ("", "utf-8", "empty"),
        ("\n", "utf-8", "empty"),
        ("file,title\n1.jpg,x\n", "utf-8", "no column brand among: file, title"),
        ("path;label\n1.jpg;x\n", "utf-8", "no column file and brand"),
        ("file,brand\n1.jpg,адидас\n", "cp1251", "UTF-8"),
        ("file,brand\n1.jpg,nike\n", "utf-16", "UTF-8"),
        ('file,brand\n1.jpg,"nike\n', "utf-8", "quotes"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_line(tmp_path: Path, text: str, encoding: str, word: str) -> None:
    path = table(tmp_path, text, encoding)
    with pytest.raises(DataError, match=word) as caught:
        list(read_manifest(path))
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_listing_ids_by_product_by_model_by_file() -> None:
    assert Row("1.jpg", "Nike", product_id="A/1", model="Air").listing_id == "product/nike/a%2F1"
    assert Row("1.jpg", "Nike", model="Air Max").listing_id == "model/nike/air max"
    assert Row("1.jpg", "Nike", model="Air Max", colour="Red").listing_id == "model/nike/air max/red"
    assert Row("Nike/1.JPG", "Nike", colour="Red").listing_id == "photo/Nike/1.JPG"
    assert Row("1.jpg", "a", product_id="b/c").listing_id != Row("1.jpg", "a/b", product_id="c").listing_id


def test_folders_name_brand_and_model(tmp_path: Path) -> None:
    files = ["nike/2.jpg", "nike/1.jpg", "nike/Air Max/a.jpg", "Adidas/x.jpg", "nike/.hidden.jpg", ".git/objects/z.jpg"]
    for file in [*files, "stray.jpg", "nike/Air Max/deeper/b.jpg"]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    seen = list(walk_folders(tmp_path))
    assert [row for row in seen if isinstance(row, Row)] == [
        Row("Adidas/x.jpg", "Adidas"),
        Row("nike/1.jpg", "nike"),
        Row("nike/2.jpg", "nike"),
        Row("nike/Air Max/a.jpg", "nike", model="Air Max"),
    ]
    rejected = {row.file: row.reason for row in seen if isinstance(row, Rejection)}
    assert set(rejected) == {"stray.jpg", "nike/Air Max/deeper"}
    assert "outside a brand" in rejected["stray.jpg"]
    assert "deeper" in rejected["nike/Air Max/deeper"]


def test_names_that_are_no_text_or_blank_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "nike").mkdir()
    (tmp_path / " ").mkdir()
    (tmp_path / " " / "1.jpg").touch()
    Path(os.fsdecode(bytes(tmp_path / "nike") + b"/\xff.jpg")).touch()
    blank, undecodable = walk_folders(tmp_path)
    assert blank == Rejection(" /1.jpg", "The brand is empty. Fill in the brand, or name the folder after it.")
    assert undecodable == Rejection("nike/?.jpg", "The file's name is not UTF-8. Rename it.")
