from __future__ import annotations

import contextlib

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


def test_every_usual_ending_of_a_photo_counts_in_either_case(tmp_path):
    names = ["a.jpg", "b.JPEG", "c.jfif", "d.JPE", "e.hif", "f.HEIF", "g.HIF", "h.Bmp"]
    touch(tmp_path, *names, "i.txt", "j.mp4", "hif")
    assert [file.removeprefix(f"{tmp_path}/") for file in expand([str(tmp_path)])] == names


def test_linked_folders_are_looked_into_and_a_link_to_nothing_is_asked_about(tmp_path):
    touch(tmp_path, "elsewhere/e.jpg", "photos/a.jpg")
    for name, target in {"link": "../elsewhere", "link2": "../elsewhere", "up": "..", "b.jpg": "gone.jpg"}.items():
        (tmp_path / "photos" / name).symlink_to(target)
    files = expand([str(tmp_path / "photos")])
    assert [file.removeprefix(f"{tmp_path}/photos/") for file in files] == ["a.jpg", "b.jpg", "link/e.jpg"]


class TestNamesThatBeginAsAList:
    """A shell's `*` gives names as they are."""

    @pytest.fixture(autouse=True)
    def here(self, tmp_path):
        with contextlib.chdir(tmp_path):
            yield

    def test_a_photo_is_a_photo(self, tmp_path):
        touch(tmp_path, "@at.jpg", "at.jpg")
        assert expand(["@at.jpg"]) == ["@at.jpg"]

    def test_a_folder_is_a_folder(self, tmp_path):
        touch(tmp_path, "@home/a.jpg")
        assert expand(["@home"]) == ["@home/a.jpg"]

    def test_a_list_is_a_list_though_a_file_is_called_so_too(self, tmp_path):
        (tmp_path / "x.txt").write_text("one.jpg\n")
        (tmp_path / "@x.txt").write_text("two.jpg\n")
        assert expand(["@x.txt"]) == ["one.jpg"]
        assert expand(["@@x.txt"]) == ["two.jpg"]

    def test_another_file_of_that_name_is_asked_about_where_there_is_no_list(self, tmp_path):
        touch(tmp_path, "@notes.txt")
        assert expand(["@notes.txt"]) == ["@notes.txt"]


def test_a_line_of_a_list_ends_where_a_file_name_must(tmp_path):
    names = ["ls\u2028sep.jpg", "next\u0085line.jpg", "form\x0cfeed.jpg", "no-break\u00a0space\u00a0"]
    (tmp_path / "list.txt").write_text("\r\n".join(names), encoding="utf-8", newline="")
    assert expand([f"@{tmp_path / 'list.txt'}"]) == names


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
