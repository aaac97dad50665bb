from __future__ import annotations

import hashlib
import threading
import time

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.embedding.embed import embed, embed_files, joined_rows
from sneakers_ml.embedding.store import FeatureWriter, load_features
from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.features.extractor import ExtractorSpec, load_extractor
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.params import EmbedParams
from sneakers_ml.workspace.paths import Workspace
from tests.support.corpus import draw_shoe, encode

COUNT = 23
META = {"name": "toy", "dim": 2}
HOG = {"side": 32, "aspect": "keep", "orientations": 4, "cell": 8, "block": 1}
PARAMS = EmbedParams.model_validate({"names": ["hog"], "workers": 3, "chunk": 2, "hog": HOG})


def photo(number):
    """A grey square whose brightness is the photo's number; no shoe, so the whole photo is looked at."""
    return np.full((20, 20, 3), 5 * number, np.uint8)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    (workspace.photos / "images").mkdir(parents=True)
    ids = [hashlib.sha1(bytes([number]), usedforsecurity=False).hexdigest() for number in range(COUNT)]
    for number, photo_id in enumerate(ids):
        (workspace.photos / "images" / f"{photo_id}.jpg").write_bytes(encode(photo(number), "PNG"))
    table = pd.DataFrame({"photo_id": ids, "file": [f"images/{photo_id}.jpg" for photo_id in ids]})
    write_table(table, workspace.photo_table)
    return workspace


@pytest.fixture(scope="module")
def files(workspace):
    return [workspace.photos / file for file in pd.read_parquet(workspace.photo_table)["file"]]


class Brightness:
    """Vectors (brightness, 1); breaks on one photo, and is slower on early ones, so that threads overtake."""

    dim = 2

    def __init__(self, breaks_on=None):
        self.breaks_on = breaks_on
        self.seen = []
        self._lock = threading.Lock()

    def transform(self, shoes):
        numbers = [int(shoe[0, 0, 0]) // 5 for shoe in shoes]
        time.sleep(0.01 if numbers[0] % 4 else 0)
        if self.breaks_on in numbers:
            raise RuntimeError("out of memory")
        with self._lock:
            self.seen += numbers
        return np.array([[number, 1] for number in numbers], np.float32)


def run(folder, files, extractor, **changes):
    params = PARAMS.model_copy(update=changes)
    with FeatureWriter(folder, "toy", [file.stem for file in files], META) as writer:
        return embed_files(extractor, files, writer, params)


@pytest.mark.parametrize(("workers", "chunk"), [(1, 1), (3, 2), (4, 5), (2, 100)])
def test_vectors_come_in_the_photos_order_whoever_is_first(tmp_path, files, workers, chunk):
    result = run(tmp_path, files, Brightness(), workers=workers, chunk=chunk)
    expected = [[number, 1] for number in range(COUNT)]
    np.testing.assert_array_equal(load_features(tmp_path, "toy").vectors, expected)
    assert (result.photos, result.resumed) == (COUNT, 0)


def test_a_run_that_broke_goes_on_with_the_rest_only(tmp_path, files):
    with pytest.raises(RuntimeError):
        run(tmp_path, files, Brightness(breaks_on=13))
    again = Brightness()
    result = run(tmp_path, files, again)
    assert result.resumed == 12  # the chunks before the one with photo 13
    assert sorted(again.seen) == list(range(12, COUNT))
    run(tmp_path / "whole", files, Brightness())
    for name in ("toy.npy", "toy.json"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_progress_is_reported_from_where_the_run_goes_on(tmp_path, files):
    with pytest.raises(RuntimeError):
        run(tmp_path, files, Brightness(breaks_on=20))
    heard = []
    with FeatureWriter(tmp_path, "toy", [file.stem for file in files], META) as writer:
        embed_files(Brightness(), files, writer, PARAMS, lambda done, total: heard.append((done, total)))
    assert heard == [(22, COUNT), (23, COUNT)]


def test_what_a_run_took_is_reported(tmp_path, files):
    result = run(tmp_path, files, Brightness(), workers=1)
    assert result.wall > 0
    assert min(result.reading, result.computing) > 0
    assert result.reading + result.computing < 1.5 * result.wall
    assert result.rate == pytest.approx(COUNT / result.wall)


def test_a_photo_that_cannot_be_read_is_named(tmp_path, files):
    with pytest.raises(DataError, match=r"gone\.jpg: There is no such file"):
        run(tmp_path, [*files[:3], tmp_path / "gone.jpg"], Brightness())


def test_the_stage_writes_the_catalogues_vectors_and_how_they_were_made(workspace, files):
    embed(workspace, "hog", PARAMS)
    features = load_features(workspace.features, "hog")
    assert features.photo_ids == tuple(file.stem for file in files)
    assert features.vectors.shape == (COUNT, 4 * 4 * 4)
    assert features.meta["settings"] == HOG
    assert features.meta["weights"] == "none"
    assert (workspace.extractor("hog") / "extractor.json").exists()


def test_the_stage_looks_at_the_shoe_not_at_the_paper_around_it(tmp_path):
    """The same drawing, once with a broad margin: cut to the shoe, both are about the same vector."""
    shoe = np.full((100, 100, 3), 255, np.uint8)
    shoe[30:70, 20:80] = 60
    shoe[30:50, 20:50] = 120
    wide = np.full((150, 200, 3), 255, np.uint8)
    wide[20:120, 80:180] = shoe
    places = [tmp_path / "near.png", tmp_path / "far.png"]
    for place, pixels in zip(places, (shoe, wide), strict=True):
        place.write_bytes(encode(pixels, "PNG"))

    class Mean:
        dim = 2

        def transform(self, shoes):
            return np.array([[pixels.shape[1] / pixels.shape[0], pixels.mean()] for pixels in shoes], np.float32)

    with FeatureWriter(tmp_path, "toy", ["near", "far"], META) as writer:
        embed_files(Mean(), places, writer, PARAMS)
    near, far = load_features(tmp_path, "toy").vectors
    np.testing.assert_allclose(near, far, rtol=0.1)  # uncut: 1 and 1.33 wide, 212 and 241 bright


def test_no_photos_yet_names_the_stage(tmp_path):
    with pytest.raises(DataError, match=r"photos\.parquet: missing; run `sneakers photos`"):
        embed(Workspace(tmp_path), "hog", PARAMS)


def test_an_unknown_extractor_is_a_usage_error(workspace):
    with pytest.raises(UsageError, match="no extractor 'vgg'"):
        embed(workspace, "vgg", PARAMS)


class TestJoined:
    """`concat` of two extractors whose vectors are there already."""

    PARTS = ("hog", "resnet152")
    PARAMS = EmbedParams.model_validate({"names": (), "concat": {"parts": PARTS}})
    WIDTHS = (3, 2)

    def give(self, workspace, name, photo_ids, weights="none", **changes):
        """Unit rows and the spec of an extractor that was never run."""
        dim = dict(zip(self.PARTS, self.WIDTHS, strict=True))[name]
        spec = ExtractorSpec(name=name, kind="hog", dim=dim, settings={}, weights=weights)
        workspace.extractor(name).mkdir(parents=True, exist_ok=True)
        spec.save(workspace.extractor(name))
        rows = np.random.default_rng(dim).normal(size=(len(photo_ids), dim)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        with FeatureWriter(workspace.features, name, photo_ids, {**spec.model_dump(), **changes}) as writer:
            writer.append(rows)
        return rows

    @pytest.fixture
    def catalogue(self, tmp_path):
        """A photo table of 2,500 photos, none of which is there to be read, and their ids."""
        workspace, ids = Workspace(tmp_path), [f"{number:040x}" for number in range(2500)]
        table = pd.DataFrame({"photo_id": ids, "file": [f"images/{photo_id}.jpg" for photo_id in ids]})
        workspace.photos.mkdir(parents=True)
        write_table(table, workspace.photo_table)
        return workspace, ids

    def test_rows_stand_side_by_side_and_no_photo_is_read(self, catalogue):
        workspace, ids = catalogue
        rows = [self.give(workspace, name, ids) for name in self.PARTS]
        heard = []
        result = embed(workspace, "concat", self.PARAMS, lambda done, total: heard.append((done, total)))
        features = load_features(workspace.features, "concat")
        np.testing.assert_allclose(features.vectors, np.hstack(rows), atol=1e-6)
        assert features.photo_ids == tuple(ids)
        assert (features.meta["weights"], features.meta["settings"]) == ("none", {"parts": list(self.PARTS)})
        assert (result.photos, result.resumed, result.shown, result.warning) == (2500, 0, "concat", "")
        assert heard == [(1024, 2500), (2048, 2500), (2500, 2500)]

    def test_an_untrained_part_makes_it_untrained(self, catalogue):
        workspace, ids = catalogue
        for name, weights in zip(self.PARTS, ("none", "random"), strict=True):
            self.give(workspace, name, ids, weights)
        assert embed(workspace, "concat", self.PARAMS).shown == "concat (untrained)"
        assert load_features(workspace.features, "concat").meta["weights"] == "random"

    def test_missing_vectors_name_the_command(self, catalogue):
        workspace, ids = catalogue
        for name in self.PARTS:
            self.give(workspace, name, ids)
        (workspace.features / "resnet152.npy").unlink()
        with pytest.raises(DataError, match=r"resnet152\.npy: missing; run `sneakers embed resnet152`"):
            embed(workspace, "concat", self.PARAMS)

    def test_vectors_of_other_photos_are_refused(self, catalogue):
        workspace, ids = catalogue
        self.give(workspace, "hog", ids)
        self.give(workspace, "resnet152", ids[::-1])
        with pytest.raises(DataError, match=r"resnet152\.npy: vectors of other photos; run `sneakers embed resnet152`"):
            embed(workspace, "concat", self.PARAMS)

    def test_vectors_of_an_extractor_that_changed_since_are_refused(self, catalogue):
        workspace, ids = catalogue
        self.give(workspace, "hog", ids)
        self.give(workspace, "resnet152", ids, settings={"side": 9})
        with pytest.raises(DataError, match=r"resnet152\.npy: not made by the extractor in .*run `sneakers embed"):
            embed(workspace, "concat", self.PARAMS)


class TestFitted:
    """`sift` is fitted on training photos of the learnt brands, and on no other."""

    PARAMS = EmbedParams.model_validate(
        {"names": (), "workers": 1, "sift": {"words": 2, "components": 2, "sample": 1000}}
    )

    @pytest.fixture
    def shoes(self, tmp_path):
        """Eight photos, every second one on the training side, and of a learnt brand but for the last."""
        workspace = Workspace(tmp_path)
        (workspace.photos / "images").mkdir(parents=True)
        ids = [hashlib.sha1(bytes([number]), usedforsecurity=False).hexdigest() for number in range(8)]
        for number, photo_id in enumerate(ids):
            pixels = encode(draw_shoe(seed=number), "PNG")
            (workspace.photos / "images" / f"{photo_id}.jpg").write_bytes(pixels)
        table = pd.DataFrame({"photo_id": ids, "file": [f"images/{photo_id}.jpg" for photo_id in ids]})
        write_table(table, workspace.photo_table)
        return workspace

    def split(self, workspace, known=True):
        ids = pd.read_parquet(workspace.photo_table)["photo_id"]
        sides = ["train", "test"] * 4
        write_table(
            pd.DataFrame({"photo_id": ids, "split": sides, "known": [known] * 6 + [False] * 2}), workspace.split
        )

    def test_without_a_split_it_asks_for_one(self, shoes):
        with pytest.raises(DataError, match=r"split\.parquet: missing; run `sneakers split`"):
            embed(shoes, "sift", self.PARAMS)

    def test_a_split_of_other_photos_is_refused(self, shoes):
        self.split(shoes)
        write_table(pd.read_parquet(shoes.split).iloc[1:], shoes.split)
        with pytest.raises(DataError, match=r"a split of other photos; run `sneakers split`"):
            embed(shoes, "sift", self.PARAMS)

    def test_only_training_photos_of_learnt_brands_are_looked_at(self, shoes):
        self.split(shoes)
        embed(shoes, "sift", self.PARAMS)
        features = load_features(shoes.features, "sift")
        assert features.meta["weights"] == "fisher codebook of 2 words, fitted on 3 training photos"
        assert features.vectors.shape == (8, features.meta["dim"])
        shown = load_extractor(shoes.extractor("sift"), threads=1).transform([draw_shoe(), draw_shoe(seed=1)])
        assert shown.shape == (2, features.meta["dim"])

    def test_no_training_photo_is_one_clear_error(self, shoes):
        self.split(shoes, known=False)
        with pytest.raises(DataError, match="no training photos of learnt brands; run `sneakers split`"):
            embed(shoes, "sift", self.PARAMS)


@pytest.mark.parametrize(("start", "chunk", "sizes"), [(0, 2, [2, 2, 1]), (3, 2, [2]), (0, 9, [5]), (5, 2, [])])
def test_existing_rows_are_joined_a_chunk_at_a_time(start, chunk, sizes):
    left = np.arange(1, 6, dtype=np.float32)[:, None] * [[3, 4]]
    right = np.full((5, 1), -2, np.float32)
    pieces = list(joined_rows([left.astype(np.float32), right], start, chunk))
    assert [len(piece) for piece in pieces] == sizes
    for piece in pieces:
        assert piece.dtype == np.float32
        np.testing.assert_allclose(piece, [[0.6, 0.8, -1]] * len(piece), atol=1e-6)


@pytest.mark.parametrize("header", [0, 128])
def test_rows_of_a_mapped_file_are_those_of_the_array(tmp_path, header):
    rows = np.random.default_rng(0).random((7, 3), np.float32)
    (tmp_path / "rows").write_bytes(bytes(header) + rows.tobytes())
    mapped = np.memmap(tmp_path / "rows", np.float32, "r", offset=header, shape=(7, 3))
    for start, chunk in ((0, 4), (5, 4), (7, 2)):
        found, expected = (list(joined_rows([part], start, chunk)) for part in (mapped, rows))
        assert len(found) == len(expected)
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)
