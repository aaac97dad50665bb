from __future__ import annotations

import os
from pathlib import Path

import pytest

from sneakers_ml.catalogue.importing.sources import (
    Rejection,
    Row,
    find_sources,
    open_manifest,
    read_manifest,
    walk_folders,
)
from sneakers_ml.errors import DataError, UsageError

MANIFEST = "file,brand\na.jpg,Nike\n"


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "photos.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rows(tmp_path: Path, text: str) -> list[Row | Rejection]:
    return list(read_manifest(table(tmp_path, text)))


@pytest.mark.parametrize("broken", ["fi\nles", "fi\u2028les", "fi\r\n\n les"])
def test_a_header_of_several_lines_is_told_in_one(tmp_path: Path, broken: str) -> None:
    (tmp_path / "photos.csv").write_text(f'"{broken}",brand\na.jpg,Nike\n', encoding="utf-8")
    with pytest.raises(DataError, match="no column file among: fi les, brand") as caught:
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


@pytest.mark.parametrize(
    ("price", "currency", "amount", "code"),
    [
        ("4990", "", 4990.0, None),
        ("0.5", "", 0.5, None),
        ("", "EUR", None, "EUR"),
        ('"1.299,00"', "EUR", 1299.0, "EUR"),
        ('"1,299.00"', "USD", 1299.0, "USD"),
        ("€89", "", 89.0, "EUR"),
        ("89 EUR", "", 89.0, "EUR"),
        ('"89,95"', "EUR", 89.95, "EUR"),
        ("110.00 ", "usd", 110.0, "USD"),
        ("$110", "", 110.0, "USD"),
        ("$110", "CAD", 110.0, "CAD"),
        ("110", "€", 110.0, "EUR"),
        ("¥900", "CNY", 900.0, "CNY"),
        ("4 990", "RUB", 4990.0, "RUB"),
        ('"4,990"', "", 4990.0, None),
        ("499 kr", "SEK", 499.0, "SEK"),
    ],
)
def test_a_price_is_read_as_a_shops_is(
    tmp_path: Path, price: str, currency: str, amount: float | None, code: str | None
) -> None:
    (row,) = rows(tmp_path, f"file,brand,price,currency\n1.jpg,nike,{price},{currency}\n")
    assert row == Row("1.jpg", "nike", price=amount, currency=code)


@pytest.mark.parametrize("price", ["0", "0.00", "-5", "nan", "inf", "1e3", "1e5", "9" * 400, "n/a", '",89"', ".99"])
def test_what_is_no_price_is_left_out_and_named(tmp_path: Path, price: str) -> None:
    (kept,) = rows(tmp_path, f"file,brand,Amount,currency\n1.jpg,nike,{price},USD\n")
    assert kept == Row("1.jpg", "nike", currency="USD", faults=1)
    assert isinstance(kept, Row)
    (fault,) = kept.faulty
    assert (fault.row, fault.column, fault.cell) == (2, "Amount", price.strip('"'))
    assert fault.reason.endswith(".")


def test_a_price_in_another_currency_than_its_cell_says_is_no_price(tmp_path: Path) -> None:
    (kept,) = rows(tmp_path, "file,brand,price,currency\n1.jpg,nike,€110,USD\n")
    assert kept == Row("1.jpg", "nike", currency="USD", faults=1)
    assert isinstance(kept, Row)
    assert "EUR" in kept.faulty[0].reason
    assert "USD" in kept.faulty[0].reason


@pytest.mark.parametrize("currency", ["kr", "doubloons", "12"])
def test_what_is_no_currency_is_left_out_and_named_and_the_amount_kept(tmp_path: Path, currency: str) -> None:
    (kept,) = rows(tmp_path, f"file,brand,price,currency\n1.jpg,nike,499,{currency}\n")
    assert kept == Row("1.jpg", "nike", price=499.0, faults=1)
    assert isinstance(kept, Row)
    assert (kept.faulty[0].column, kept.faulty[0].cell) == ("currency", currency)


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    text = 'sep=;\r\n\r\nfile;brand;price\r\n1.jpg;"two\nlines";1\r\n\r\n2.jpg;nike;0\r\n3.jpg;;1\r\n;nike;1\r\n'
    _, kept, no_brand, no_file = rows(tmp_path, text)
    assert isinstance(kept, Row)
    assert [fault.row for fault in kept.faulty] == [5]
    assert no_brand == Rejection("3.jpg", "Row 6: The brand is empty. Fill in the brand, or name the folder after it.")
    assert no_file == Rejection("no name", "Row 7: The row names no file. Fill in its `file` column.")


def test_columns_have_their_usual_other_names_which_is_said(tmp_path: Path) -> None:
    header = "Image Path,Vendor,Product-Name,Sale Price,curr,Style #,ColorWay,sex,product_url,model_name,Retailer,angle"
    line = "1.jpg,Nike,Nike Dunk Low,110,USD,DD1391-100,White,men,https://s.example/7,Dunk,Corner,left"
    manifest = open_manifest(table(tmp_path, f"{header},size,weight\n{line},42,300\n"))
    assert manifest.entries == (
        Row(
            "1.jpg", "Nike", title="Nike Dunk Low", price=110.0, currency="USD", style_code="DD1391-100",
            colour="White", gender="men", url="https://s.example/7", model="Dunk", shop="Corner", view="left",
        ),
    )  # fmt: skip
    taken, unknown = manifest.notes
    for said in ("Image Path as file", "Vendor as brand", "Style # as style_code", "ColorWay as colour"):
        assert said in taken
    assert unknown.endswith(": size, weight")
    assert open_manifest(table(tmp_path, "file,brand\n1.jpg,nike\n")).notes == ()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("path,image,brand", "path and image all say file"),
        ("file,vendor,manufacturer", "vendor and manufacturer all say brand"),
    ],
)
def test_two_columns_for_one_field_are_one_error(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        open_manifest(table(tmp_path, f"{header}\n"))


def test_a_fields_own_name_goes_before_other_names_of_it(tmp_path: Path) -> None:
    text = "file,manufacturer,brand,sale price,Price,sku,mpn,Price\na.jpg,Nike Inc,Jordan,5,9,AB-1,CD-2,7\n"
    manifest = open_manifest(table(tmp_path, text))
    (row,) = manifest.entries
    assert isinstance(row, Row)
    assert (row.brand, row.price, row.style_code) == ("Jordan", 9, "AB-1")
    assert manifest.notes == (
        "columns taken: sku as style_code",
        "columns not read: manufacturer beside brand, sale price beside price, mpn beside style_code, "
        "Price beside price",
    )


def test_the_first_row_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 2: not a row"):
        open_manifest(table(tmp_path, 'file,brand,title\na.jpg,Nike,"Panda" Dunk\n'))


@pytest.mark.parametrize(
    "text",
    [
        "sep=,\nfile,brand,title\n1.jpg,Nike,Café; low\n",
        'sep=;\r\nfile;brand;title\r\n1.jpg;Nike;"Café; low"\r\n',
        '"sep=|"\nfile|brand|title\n1.jpg|Nike|Café; low\n',
        'file;brand;title\n1.jpg;Nike;"Café; low"\n',
        "file\tbrand\ttitle\n1.jpg\tNike\tCafé; low\n",
        "file,brand,title,,\n1.jpg,Nike,Café; low,,,,\n",
        "\nfile,brand,title\r1.jpg,Nike,Café; low\r",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_of_spreadsheets(tmp_path: Path, text: str, encoding: str) -> None:
    manifest = open_manifest(table(tmp_path, text, encoding))
    assert manifest.entries == (Row("1.jpg", "Nike", title="Café; low"),)
    assert bool(manifest.notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("cell", "file"),
    [
        (r"sub\b1.jpg", "sub/b1.jpg"),
        (r".\a\..\b.jpg", "b.jpg"),
        ("a:b.jpg", "a:b.jpg"),
        ("ls\u2028x.jpg", "ls\u2028x.jpg"),
    ],
)
def test_paths_as_other_systems_write_them(tmp_path: Path, cell: str, file: str) -> None:
    assert rows(tmp_path, f"file,brand\n{cell},nike\n") == [Row(file, "nike")]


def test_an_unknown_view_is_left_out_and_counted(tmp_path: Path) -> None:
    assert rows(tmp_path, "file,brand,view\n1.jpg,nike,inside\n") == [Row("1.jpg", "nike", faults=1)]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("../1.jpg,nike", "leads out"),
        ("a/../../1.jpg,nike", "leads out"),
        ("/etc/passwd,nike", "leads out"),
        ("//host/1.jpg,nike", "leads out"),
        (r"C:\photos\a6.jpg,nike", "leads out"),
        ("d:/a6.jpg,nike", "leads out"),
        (r"\\host\share\1.jpg,nike", "leads out"),
        (r"..\1.jpg,nike", "leads out"),
        ("https://s.example/1.jpg,nike", "address of the web"),
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
        ("place;label\n1.jpg;x\n", "utf-8", "no column file and brand"),
        ("file,brand\n1.jpg,адидас\n", "cp1251", "UTF-8"),
        ("file,brand\n1.jpg,nike\n", "utf-16-le", "UTF-8"),
        ('"file,brand\n1.jpg,nike\n', "utf-8", "quotes"),
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
    page = "https://s.example/1"
    assert Row("1.jpg", "Nike", model="Dunk", url=page).listing_id == Row("2.jpg", "Nike", url=page).listing_id
    assert Row("1.jpg", "Nike", url=page).listing_id != Row("1.jpg", "Nike", url=f"{page}2").listing_id
    dunk, other = ({"title": "Dunk Low", "style_code": code} for code in ("DD1391-100", "DD1391-101"))
    assert Row("1.jpg", "Nike", **dunk).listing_id == Row("2.jpg", "nike", **dunk).listing_id
    assert Row("1.jpg", "Nike", **dunk).listing_id != Row("1.jpg", "Nike", **other).listing_id
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


def test_linked_folders_are_followed_once(tmp_path: Path) -> None:
    for file in ("elsewhere/Air Max/a.jpg", "elsewhere/b.jpg", "photos/Adidas/x.jpg"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    root = tmp_path / "photos"
    for name, target in {
        "Nike": "../elsewhere",
        "Nike again": "../elsewhere",
        "Adidas/loop": "..",
        "up": "../..",
    }.items():
        (root / name).symlink_to(target)
    assert list(walk_folders(root)) == [
        Row("Adidas/x.jpg", "Adidas"),
        Row("Nike/Air Max/a.jpg", "Nike", model="Air Max"),
        Row("Nike/b.jpg", "Nike"),
    ]


def test_with_a_brand_for_all_the_layout_does_not_matter(tmp_path: Path) -> None:
    for file in ("1.jpg", "a/b/c/d/2.jpg"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert list(walk_folders(tmp_path, "none")) == [Row("1.jpg", "none"), Row("a/b/c/d/2.jpg", "none")]


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


@pytest.mark.parametrize("name", ["SHOP.CSV", "shop.tsv"])
def test_a_manifest_may_end_in_capitals_or_have_tabs(tmp_path, name):
    (tmp_path / name).write_text("file\tbrand\n")
    assert find_sources(tmp_path) == {"shop": tmp_path / name}


@pytest.mark.parametrize(
    "header",
    [
        "file;brand\n",
        "sep=;\nImage;Vendor\n",
        "\ufefffile,brand\n",
        "File, Brand\r\n",
        '"brand","file","x"\n',
        "brand,file",
    ],
)
def test_a_manifest_is_known_by_its_header_as_the_import_reads_it(tmp_path, header):
    assert find_sources(write(tmp_path, shop=header)) == {"shop": tmp_path / "shop.csv"}


def test_other_files_are_no_manifests(tmp_path):
    folder = write(
        tmp_path / "My Photos!",
        empty="",
        prices="brand,price\n",
        places="place;brand\n",
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
