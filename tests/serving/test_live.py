"""A process that serves on while the bundle's folder is replaced, spoilt, emptied or half copied."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from sneakers_ml import images
from sneakers_ml.errors import BundleError
from sneakers_ml.serving.live import LiveBundle, Serving
from sneakers_ml.serving.manifest import verify


@pytest.fixture(scope="module")
def photo(tiny):
    return images.read(tiny.queries[0].path, longest_side=320)


@pytest.fixture
def folder(tiny, tmp_path):
    """A bundle of one's own."""
    return shutil.copytree(tiny.workspace.bundle, tmp_path / "serving")


@pytest.fixture
def live(folder):
    return LiveBundle(folder, threads=1)


@pytest.fixture
def another(tiny, tmp_path):
    """Bundles of other versions, whose titles all end in the version."""

    def made(version):
        folder = shutil.copytree(tiny.workspace.bundle, tmp_path / version)
        products = pd.read_parquet(folder / "products.parquet")
        products.assign(title=products["title"] + f" {version}").to_parquet(folder / "products.parquet")
        content = json.loads((folder / "bundle.json").read_text()) | {"version": version}
        content["files"]["products.parquet"] = hashlib.sha256((folder / "products.parquet").read_bytes()).hexdigest()
        (folder / "bundle.json").write_text(json.dumps(content))
        return folder

    return made


def put_in_place(new, folder):
    """As the stage `bundle` does."""
    folder.rename(folder.with_name(f"before {new.name}"))
    new.rename(folder)


def versions(serving):
    """What its manifest says, and what the titles do; a whole bundle has one."""
    titles = {product.title.rpartition(" ")[2] for product in serving.recognizer.products.values()}
    return {serving.recognizer.facts.version, *titles}


@pytest.fixture(scope="module")
def all_it_says(tiny):
    """The answer to a photo, what is found in words, and all that is said of every photo of the gallery."""
    query = images.read(tiny.queries[0].path, longest_side=320)
    photos = pd.read_parquet(tiny.workspace.bundle / "gallery.parquet")["photo_id"]

    def said(serving):
        recognizer = serving.recognizer
        shown = [
            (recognizer.thumbnail(each), recognizer.more_like(each), recognizer.product_of(each)) for each in photos
        ]
        return recognizer.answer(query, top=100), serving.finder.find("navy low", top=100), recognizer.facts, shown

    return said


class TestAnother:
    def test_one_in_its_place_is_loaded_and_the_one_before_can_still_be_asked(
        self, live, folder, another, photo, all_it_says
    ):
        before = live.current
        said = all_it_says(before)
        put_in_place(another("2.0"), folder)
        assert live.refresh() is True
        assert versions(live.current) == {"2.0"}
        assert live.current.finder.find("navy", top=1)[0].title.endswith(" 2.0")
        assert live.current.recognizer.answer(photo).neighbours[0].title.endswith(" 2.0")
        shutil.rmtree(folder)
        assert all_it_says(before) == said

    @pytest.mark.parametrize("order", [["products.parquet", "bundle.json"], ["bundle.json", "products.parquet"]])
    def test_copied_over_it_file_by_file_it_is_loaded_when_it_is_whole(self, live, folder, another, order):
        before, new = live.current, another("2.0")
        first, last = order
        shutil.copyfile(new / first, folder / first)
        with pytest.raises(BundleError, match=r"products\.parquet: changed since the bundle was made"):
            live.refresh()
        assert live.current is before
        content = (new / last).read_bytes()
        (folder / last).write_bytes(content[: len(content) // 2])
        with pytest.raises(BundleError):
            live.refresh()
        (folder / last).write_bytes(content)
        assert live.refresh() is True
        assert versions(live.current) == {"2.0"}

    def test_without_a_change_nothing_is_loaded(self, live, folder):
        before, started = live.current, time.perf_counter()
        Serving.load(folder, threads=1)
        loaded = time.perf_counter()
        assert [live.refresh() for _ in range(20)] == [False] * 20
        assert time.perf_counter() - loaded < loaded - started
        assert live.current is before


def spoil(change):
    """A change of one file's content."""

    def spoilt(folder, name="products.parquet"):
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return spoilt


SPOILT = {
    "truncated": spoil(lambda content: content[:-1]),
    "longer": spoil(lambda content: content + b"x"),
    "emptied": spoil(lambda content: b""),
    "garbage": spoil(lambda content: bytes(len(content))),
    "a file is missing": lambda folder: (folder / "tower.onnx").unlink(),
    "a folder for a file": lambda folder: ((folder / "tower.onnx").unlink(), (folder / "tower.onnx").mkdir()),
    "no manifest": lambda folder: (folder / "bundle.json").unlink(),
    "half a manifest": lambda folder: spoil(lambda content: content[:500])(folder, "bundle.json"),
    "another format": lambda folder: (folder / "bundle.json").write_text('{"format": 4}'),
    "no files": lambda folder: [file.unlink() for file in folder.iterdir()],
    "no folder": shutil.rmtree,
    "a file for the folder": lambda folder: (shutil.rmtree(folder), folder.write_text("")),
}


class TestSpoilt:
    @pytest.mark.parametrize("how", SPOILT)
    def test_it_is_refused_once_and_the_one_before_serves_until_it_is_whole(self, live, folder, another, how):
        before, new = live.current, another("2.0")
        SPOILT[how](folder)
        with pytest.raises(BundleError, match=folder.name):
            live.refresh()
        assert [live.refresh() for _ in range(3)] == [False] * 3
        assert live.current is before
        put_in_place(new, folder) if folder.exists() else new.rename(folder)
        assert live.refresh() is True
        assert versions(live.current) == {"2.0"}

    @pytest.mark.parametrize("how", SPOILT)
    def test_there_has_to_be_one_to_begin_with(self, folder, how):
        SPOILT[how](folder)
        with pytest.raises(BundleError, match=folder.name):
            LiveBundle(folder)

    def test_nothing_is_read_from_files_that_are_overwritten_in_place(self, live, folder, all_it_says):
        said = all_it_says(live.current)
        for file in folder.iterdir():
            with file.open("r+b") as opened:
                opened.write(b"\xff" * file.stat().st_size)
        with pytest.raises(BundleError):
            live.refresh()
        assert all_it_says(live.current) == said


class WhenVerified:
    """Does something between a bundle's verification and the reading of its files."""

    def __init__(self, what):
        self.what = what

    def __call__(self, frame, event, _argument):
        if event == "return" and frame.f_code is verify.__code__:
            sys.setprofile(None)
            self.what()

    def __enter__(self):
        sys.setprofile(self)

    def __exit__(self, *_):
        sys.setprofile(None)


class TestChangedWhileItIsRead:
    """What was verified is then no longer what is read."""

    def test_another_in_its_place_is_not_mixed_with_it(self, live, folder, another):
        before, second, third = live.current, another("2.0"), another("3.0")
        put_in_place(second, folder)
        with (
            WhenVerified(lambda: put_in_place(third, folder)),
            pytest.raises(BundleError, match="serving: changed while it was read"),
        ):
            live.refresh()
        assert live.current is before
        assert live.refresh() is True
        assert versions(live.current) == {"3.0"}

    def test_nor_is_garbage(self, live, folder, another):
        before = live.current
        put_in_place(another("2.0"), folder)
        with (
            WhenVerified(lambda: (folder / "products.parquet").write_bytes(b"garbage")),
            pytest.raises(BundleError, match="serving: changed while it was read"),
        ):
            live.refresh()
        assert live.current is before

    def test_the_first_is_read_again(self, folder, another):
        new = another("2.0")
        with WhenVerified(lambda: put_in_place(new, folder)):
            live = LiveBundle(folder, threads=1)
        assert versions(live.current) == {"2.0"}


def test_threads_that_ask_and_refresh_get_whole_bundles(live, folder, another, photo):
    live.refresh()
    put_in_place(another("1.0"), folder)
    assert live.refresh()
    new, done, seen = [another("2.0"), another("3.0")], threading.Event(), set()

    def ask():
        last = False
        while not last:
            last, serving = done.is_set(), live.current
            told = [serving.recognizer.answer(photo, top=9).neighbours, serving.finder.find("navy", top=9)]
            titles = {match.title.rpartition(" ")[2] for matches in told for match in matches}
            seen.add((serving.recognizer.facts.version, *titles))

    with ThreadPoolExecutor(5) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        try:
            for bundle in new:
                put_in_place(bundle, folder)
                refreshed = [pool.submit(live.refresh) for _ in range(3)]
                assert sorted(each.result() for each in refreshed) == [False, False, True]
        finally:
            done.set()
        for each in asking:
            each.result()
    assert {("1.0", "1.0"), ("3.0", "3.0")} <= seen <= {(version, version) for version in ("1.0", "2.0", "3.0")}
