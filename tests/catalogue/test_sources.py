from __future__ import annotations

import pytest

from sneakers_ml.catalogue.sources import find_sources
from sneakers_ml.errors import UsageError

MANIFEST = "file,brand\na.jpg,Nike\n"


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
