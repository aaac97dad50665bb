from __future__ import annotations

import os
from pathlib import Path

import pytest

from sneakers_ml.catalogue.importing.sources import Rejection, Row, find_sources, read_manifest, walk_folders
from sneakers_ml.errors import DataError, UsageError

MANIFEST = "file,brand\na.jpg,Nike\n"


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "photos.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rows(tmp_path: Path, text: str) -> list[Row | Rejection]:
    return list(read_manifest(table(tmp_path, text)))


@pytest.mark.parametrize("broken", ["fi\nle", "fi\u2028le", "fi\r\n\n le"])
def test_a_header_of_several_lines_is_told_in_one(tmp_path: Path, broken: str) -> None:
    (tmp_path / "photos.csv").write_text(f'"{broken}",brand\na.jpg,Nike\n', encoding="utf-8")
    with pytest.raises(DataError, match="no column file among: fi le, brand") as caught:
        list(read_manifest(tmp_path / "photos.csv"))
    assert len(str(caught.value).splitlines()) == 1


def test_every_column_is_taken_and_unknown_ones_are_ignored(tmp_path: Path) -> None:
    header = "brand,file,model,product_id,title,price,currency,url,colour,style_code,gender,view,shop,row"
    line = 'Nike,a/1.jpg,Air Max,42,"Nike  Air Max, red",129.90,USD,https://s.example/42,red,AB-1,men,Three-Quarter,Corner,7'
    assert rows(tmp_path, f"{header}\n{line}\n") == [
        Row(
            file="a/1.jpg", brand="Nike", model="Air Max", product_id="42", title="Nike Air Max, red", price=129.9,
            currency="USD", url="https://s.example/42", colour="red", style_code="AB-1", gender="men",
            view="three_quarter", shop="Corner",
        )
    ]  # fmt: skip


def test_a_table_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    text = "\ufeff File ,BRAND\r\n./a//1.jpg, Nike \r\n\r\n,\r\nб.jpg,Адидас"
    assert rows(tmp_path, text) == [Row("a/1.jpg", "Nike"), Row("б.jpg", "Адидас")]


@pytest.mark.parametrize(("price", "expected"), [("4990", 4990.0), ("0.5", 0.5), ("", None)])
def test_plain_decimal_prices_count(tmp_path: Path, price: str, expected: float | None) -> None:
    assert rows(tmp_path, f"file,brand,price\n1.jpg,nike,{price}\n") == [Row("1.jpg", "nike", price=expected)]


@pytest.mark.parametrize("price", ["4 990", '"4,990"', "-5", "nan", "inf", "1e5", "٣", "9" * 400, "$12"])
def test_other_prices_are_left_out_and_counted(tmp_path: Path, price: str) -> None:
    assert rows(tmp_path, f"file,brand,price\n1.jpg,nike,{price}\n") == [Row("1.jpg", "nike", faults=1)]


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
    assert Row("1.jpg", "Nike", model="Air Max", shop="Corner").listing_id == "model/nike/air max/corner"
    assert Row("Nike/1.JPG", "Nike", colour="Red", shop="Corner").listing_id == "photo/Nike/1.JPG"
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


def write(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_each_manifest_is_a_source_named_after_its_file(tmp_path):
    folder = write(tmp_path, **{"Shop One": MANIFEST, "two_2": "price,brand,file\n"})
    assert find_sources(folder) == {"shop-one": folder / "Shop One.csv", "two_2": folder / "two_2.csv"}


@pytest.mark.parametrize("header", ["\ufefffile,brand\n", "File, Brand\r\n", '"brand","file","x"\n', "brand,file"])
def test_a_manifest_is_known_by_its_header_as_the_import_reads_it(tmp_path, header):
    assert find_sources(write(tmp_path, shop=header)) == {"shop": tmp_path / "shop.csv"}


def test_other_files_are_no_manifests(tmp_path):
    folder = write(
        tmp_path / "My Photos!",
        empty="",
        prices="brand,price\n",
        semicolons="file;brand\n",
        binary=b"\xff\x00\xfe" * 100_000,
        quotes='"' + "x" * 200_000,
    )
    (folder / "folder.csv").mkdir()
    (folder / "notes.txt").write_text(MANIFEST)
    (folder / ".hidden.csv").write_text(MANIFEST)
    assert find_sources(folder) == {"my-photos": folder}


def test_a_folder_whose_name_has_no_usable_letter_has_a_name_all_the_same(tmp_path):
    (tmp_path / "фото").mkdir()
    assert find_sources(tmp_path / "фото") == {"photos": tmp_path / "фото"}


def test_two_manifests_that_would_be_one_source_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"a-b\.csv: would be the same source as a b\.csv"):
        find_sources(write(tmp_path, **{"a b": MANIFEST, "a-b": MANIFEST}))


@pytest.mark.parametrize("name", ["nowhere", "file.csv"])
def test_without_a_folder_it_cannot_work(tmp_path, name):
    (tmp_path / "file.csv").write_text(MANIFEST)
    with pytest.raises(UsageError, match="give a folder"):
        find_sources(tmp_path / name)
