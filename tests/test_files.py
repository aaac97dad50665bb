from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import BaseModel

from sneakers_ml.errors import BundleError
from sneakers_ml.files import files_below, read_json, replacing, replacing_folder, write_atomically


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


class TestPlacesThatStay:
    """What is no file of its own is written to, never replaced."""

    def test_a_link_and_a_link_to_nothing_yet(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "old.txt").write_bytes(b"old")
        for name in ("old.txt", "new.txt"):
            (tmp_path / name).symlink_to(Path("real") / name)
            write_atomically(tmp_path / name, b"new")
            assert (tmp_path / name).is_symlink()
            assert (tmp_path / "real" / name).read_bytes() == b"new"
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["new.txt", "new.txt", "old.txt", "old.txt", "real"]

    def test_a_link_into_a_read_only_cache_gives_way(self, tmp_path: Path) -> None:
        """So DVC links what it keeps: an object of its cache must not change."""
        kept, link = tmp_path / "object", tmp_path / "file.txt"
        kept.write_bytes(b"old")
        kept.chmod(0o444)
        link.symlink_to(kept)
        write_atomically(link, b"new")
        assert (kept.read_bytes(), link.read_bytes(), link.is_symlink()) == (b"old", b"new", False)

    @pytest.mark.parametrize("linked", [False, True])
    def test_a_pipe(self, tmp_path: Path, linked: bool) -> None:
        pipe, link = tmp_path / "pipe", tmp_path / "link"
        os.mkfifo(pipe)
        link.symlink_to(pipe)
        with ThreadPoolExecutor() as pool:
            read = pool.submit(pipe.read_bytes)
            write_atomically(link if linked else pipe, b"new")
            assert read.result() == b"new"
        assert pipe.is_fifo()
        assert link.is_symlink()
        assert set(tmp_path.iterdir()) == {pipe, link}

    def test_a_device(self, tmp_path: Path) -> None:
        device = tmp_path / "nothing"
        try:
            os.mknod(device, stat.S_IFCHR | 0o600, os.makedev(1, 3))  # Linux's null device, one of its own
            device.open("wb").close()
        except OSError:
            pytest.skip("no device can be made here")
        write_atomically(device, b"new")
        assert device.is_char_device()
        assert list(tmp_path.iterdir()) == [device]

    def test_a_pipe_is_not_written_to_by_a_block_that_fails(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")

        def write_half() -> None:
            with replacing(tmp_path / "pipe") as file:
                file.write(b"half of the n")
                raise ValueError("stop")

        with pytest.raises(ValueError, match="stop"):  # and it does not wait for a reader
            write_half()


class TestErrors:
    """They name the path that was given, not the file that is written before it."""

    @pytest.mark.parametrize("place", ["plain/x.txt", "plain/deep/x.txt", "loop", "folder", "x" * 300])
    def test_of_a_place_that_cannot_be_written(self, tmp_path: Path, place: str) -> None:
        (tmp_path / "plain").touch()
        (tmp_path / "folder").mkdir()
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(OSError, match=re.escape(place)) as caught:
            write_atomically(tmp_path / place, b"new")
        assert (caught.value.filename, caught.value.filename2) == (str(tmp_path / place), None)
        assert caught.value.strerror

    def test_of_something_else_in_the_block_are_left_alone(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="missing") as caught, replacing(tmp_path / "x.txt"):
            (tmp_path / "missing").open()
        assert caught.value.filename == str(tmp_path / "missing")

    def test_a_name_may_be_as_long_as_the_system_lets_it(self, tmp_path: Path) -> None:
        write_atomically(tmp_path / ("x" * 255), b"new")
        assert (tmp_path / ("x" * 255)).read_bytes() == b"new"


class TestFilesBelow:
    def below(self, folder: Path) -> list[str]:
        return [path.relative_to(folder).as_posix() for path in files_below(folder)]

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        for name in ("a/2.jpg", "a/10.jpg", "a-b/x", ".git/x", "a/.hidden", "b.jpg"):
            (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "root" / name).touch()
        return tmp_path / "root"

    def test_files_in_their_order_without_hidden_ones(self, root: Path) -> None:
        expected = sorted(path for path in root.rglob("*") if path.is_file() and "/." not in str(path))
        assert files_below(root) == expected

    def test_a_linked_folder_is_followed_once_and_loops_end(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
        (tmp_path / "elsewhere" / "deep" / "e.jpg").touch()
        links = {"1": "../elsewhere", "2": "../elsewhere", "3": "../elsewhere/deep", "0": "a", "up": "..", "self": "."}
        for name, target in links.items():
            (root / name).symlink_to(target)
        (tmp_path / "elsewhere" / "back").symlink_to(root)
        (root / "dangling.jpg").symlink_to("nowhere")
        (root / "c.jpg").symlink_to("b.jpg")
        assert self.below(root) == [
            "1/deep/e.jpg", "a/10.jpg", "a/2.jpg", "a-b/x", "b.jpg", "c.jpg", "dangling.jpg",
        ]  # fmt: skip

    def test_a_link_may_be_the_folder_asked_about(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(root)
        assert self.below(tmp_path / "link") == self.below(root)


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
