from __future__ import annotations

import hashlib
import threading
import time

import numpy as np
import pandas as pd
import pytest

from sneakers_ml.errors import DataError, UsageError
from sneakers_ml.features.embed import embed, embed_files
from sneakers_ml.features.store import FeatureWriter, load_features
from sneakers_ml.params import EmbedParams, HogParams
from sneakers_ml.paths import Workspace
from sneakers_ml.tables import write_table
from tests.support.corpus import encode

COUNT = 23
META = {"name": "toy", "dim": 2}
PARAMS = EmbedParams(names=("hog",), workers=3, chunk=2, hog=HogParams(side=32, orientations=4, cell=8))


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


def test_progress_is_told_from_where_the_run_goes_on(tmp_path, files):
    with pytest.raises(RuntimeError):
        run(tmp_path, files, Brightness(breaks_on=20))
    told = []
    with FeatureWriter(tmp_path, "toy", [file.stem for file in files], META) as writer:
        embed_files(Brightness(), files, writer, PARAMS, lambda done, total: told.append((done, total)))
    assert told == [(22, COUNT), (23, COUNT)]


def test_what_a_run_took_is_told(tmp_path, files):
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
    assert features.meta["settings"] == {"side": 32, "orientations": 4, "cell": 8}
    assert (workspace.extractor("hog") / "extractor.json").exists()


def test_the_stage_looks_at_the_shoe_not_at_the_paper_around_it(tmp_path):
    """The same drawing, once with a broad margin: cut to the shoe, both are about the same vector."""
    shoe = np.full((100, 100, 3), 255, np.uint8)
    shoe[30:70, 20:80] = 60
    shoe[30:50, 20:50] = 120
    wide = np.full((200, 300, 3), 255, np.uint8)
    wide[40:140, 150:250] = shoe
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
    np.testing.assert_allclose(near, far, rtol=0.15)


def test_no_photos_yet_names_the_stage(tmp_path):
    with pytest.raises(DataError, match=r"photos\.parquet: missing; run `sneakers photos`"):
        embed(Workspace(tmp_path), "hog", PARAMS)


def test_an_unknown_extractor_is_a_usage_error(workspace):
    with pytest.raises(UsageError, match="no extractor 'vgg'"):
        embed(workspace, "vgg", PARAMS)
