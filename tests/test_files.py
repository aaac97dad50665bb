from __future__ import annotations

import subprocess
import sys
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


KILLED = """
import sys, time
import subprocess
import sys
from pathlib import Path
from sneakers_ml.files import replacing_folder

with replacing_folder(Path(sys.argv[1])) as temporary:
    (temporary / "half").write_text("half")
    print("begun", flush=True)
    time.sleep(60)
"""


def begin(folder: Path) -> subprocess.Popen[str]:
    """A process that is writing the folder."""
    process = subprocess.Popen([sys.executable, "-c", KILLED, folder], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    return process


def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "model [1]"
    fill(folder, "old")
    with begin(folder) as process:
        process.kill()
    assert len(list(tmp_path.iterdir())) == 2
    fill(folder, "new")
    assert list(tmp_path.iterdir()) == [folder]
    assert names(folder) == {"part/new"}


def test_what_a_run_is_writing_stays(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    with begin(folder) as process:
        fill(folder, "new")
        (left,) = set(tmp_path.iterdir()) - {folder}
        assert names(left) == {"half"}
        process.kill()
    assert names(folder) == {"part/new"}


def test_others_folders_stay(tmp_path: Path) -> None:
    kept = {tmp_path / name for name in (".models.0123.tmp", ".model", "model.old", ".model.tmp")}
    for folder in kept:
        folder.mkdir()
    fill(tmp_path / "model", "new")
    assert set(tmp_path.iterdir()) == kept | {tmp_path / "model"}


@pytest.mark.parametrize("fails", [False, True])
def test_a_folder_that_a_killed_run_had_moved_away_comes_back(tmp_path: Path, fails: bool) -> None:
    """It died between the two renames."""
    folder = tmp_path / "model"
    fill(folder, "old")
    folder.rename(tmp_path / f".model.{'0' * 32}.old")
    (tmp_path / f".model.{'1' * 32}.tmp").mkdir()

    def write() -> None:
        with replacing_folder(folder) as temporary:
            assert names(folder) == {"part/old"}
            (temporary / "new").touch()
            if fails:
                raise ValueError("half done")

    if fails:
        with pytest.raises(ValueError, match="half done"):
            write()
    else:
        write()
    assert names(folder) == ({"part/old"} if fails else {"new"})
    assert list(tmp_path.iterdir()) == [folder]
