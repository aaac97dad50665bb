from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from sneakers_ml.errors import BundleError
from sneakers_ml.files import read_json, replacing, replacing_folder, write_atomically


def test_the_new_content_takes_the_old_ones_place(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.txt"
    for content in (b"old", b"new"):
        with replacing(target) as file:
            file.write(content)
        assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_the_old_content_and_nothing_beside_it(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    target = tmp_path / "file.txt"
    target.write_bytes(b"old")

    def write_half() -> None:
        with replacing(target) as file:
            file.write(b"half of the n")
            raise stop

    with pytest.raises(stop):
        write_half()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_whole_file_is_written_into_new_folders_and_over_old_files(tmp_path: Path) -> None:
    target = tmp_path / "reports" / "page.md"
    write_atomically(target, b"old")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    target.mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(OSError, match=r"page\.md"):
        write_atomically(target, b"new")
    assert list(tmp_path.iterdir()) == [target]


def fill(folder: Path, *names: str) -> None:
    with replacing_folder(folder) as temporary:
        assert not list(temporary.iterdir())
        for name in names:
            (temporary / "part").mkdir(exist_ok=True)
            (temporary / "part" / name).write_text(name)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_new_folder_takes_the_old_ones_place_whole(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "model"
    fill(folder, "one", "two")
    fill(folder, "two", "three")
    assert names(folder) == {"part/two", "part/three"}
    assert list(folder.parent.iterdir()) == [folder]


def test_until_the_block_ends_the_old_folder_is_there_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    fill(folder, "old")
    with replacing_folder(folder) as temporary:
        (temporary / "new").touch()
        assert names(folder) == {"part/old"}
    assert names(folder) == {"new"}


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("existing", [True, False])
def test_a_folder_that_is_not_finished_changes_nothing(
    tmp_path: Path, stop: type[BaseException], existing: bool
) -> None:
    folder = tmp_path / "model"
    if existing:
        fill(folder, "old")

    def fill_half() -> None:
        with replacing_folder(folder) as temporary:
            (temporary / "half").touch()
            raise stop

    with pytest.raises(stop):
        fill_half()
    assert list(tmp_path.iterdir()) == ([folder] if existing else [])
    if existing:
        assert names(folder) == {"part/old"}


def test_where_the_new_folder_cannot_be_moved_the_old_one_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    fill(folder, "old")

    def lose_it() -> None:
        with replacing_folder(folder) as temporary:
            temporary.rmdir()

    with pytest.raises(FileNotFoundError):
        lose_it()
    assert names(folder) == {"part/old"}
    assert list(tmp_path.iterdir()) == [folder]


class Box(BaseModel):
    shoes: int


def test_a_file_that_fits_is_read(tmp_path: Path) -> None:
    (tmp_path / "box.json").write_text('{"shoes": 3}')
    assert read_json(tmp_path / "box.json", Box, "sneakers pack") == Box(shoes=3)


@pytest.mark.parametrize("content", ["", "{", '{"shoes": "many"}', "\xff"])
def test_a_file_that_does_not_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / "box.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(BundleError, match=r"box\.json: damaged; run `sneakers pack`$"):
        read_json(tmp_path / "box.json", Box, "sneakers pack")


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"box\.json: missing; run `sneakers pack`$"):
        read_json(tmp_path / "box.json", Box, "sneakers pack")
    with pytest.raises(BundleError, match="damaged"):
        read_json(tmp_path, Box, "sneakers pack")
