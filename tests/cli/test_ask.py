from __future__ import annotations

import pytest

from sneakers_ml.cli.ask import expand
from sneakers_ml.errors import UsageError


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_files_stay_as_they_were_named_even_where_there_is_none(tmp_path):
    assert expand(["b.jpg", "./a.jpg", "b.jpg", "nothing.txt"]) == ["b.jpg", "./a.jpg", "b.jpg", "nothing.txt"]


def test_a_folder_stands_for_the_photos_below_it_sorted(tmp_path):
    touch(tmp_path, "b.PNG", "a/z.heic", "a/y.webp", ".git/x.jpg", "a/.y.jpg", "notes.md", "c.jpg/inner.avif")
    names = [file.removeprefix(f"{tmp_path}/") for file in expand([str(tmp_path)])]
    assert names == ["a/y.webp", "a/z.heic", "b.PNG", "c.jpg/inner.avif"]


def test_a_hidden_folder_that_is_named_is_looked_into(tmp_path):
    touch(tmp_path, ".photos/a.jpg")
    assert expand([str(tmp_path / ".photos")]) == [str(tmp_path / ".photos" / "a.jpg")]


def test_a_list_holds_a_path_a_line(tmp_path):
    touch(tmp_path, "folder/a.jpg")
    listed = tmp_path / "list.txt"
    listed.write_bytes(f"\ufeffодин.jpg\r\n\r\n  two.jpg \n@three.jpg\n{tmp_path / 'folder'}\n".encode())
    expected = ["один.jpg", "two.jpg", "@three.jpg", str(tmp_path / "folder" / "a.jpg")]
    assert expand([f"@{listed}"]) == expected


@pytest.mark.parametrize("name", ["x" * 5000 + ".jpg", "nul\0.jpg"])
def test_a_name_that_no_file_can_have_stays_to_be_answered(name):
    assert expand([name]) == [name]


class TestRefusals:
    def test_nothing_to_ask_about(self, tmp_path):
        with pytest.raises(UsageError, match="no photos"):
            expand([str(tmp_path)])

    def test_a_list_that_is_missing_or_a_folder(self, tmp_path):
        for listed in (tmp_path / "nowhere.txt", tmp_path):
            with pytest.raises(UsageError, match="cannot be read"):
                expand([f"@{listed}"])

    def test_a_list_that_is_no_text(self, tmp_path):
        (tmp_path / "list.txt").write_bytes(b"\xff\xd8\xff\xe0")
        with pytest.raises(UsageError, match="UTF-8"):
            expand([f"@{tmp_path / 'list.txt'}"])
