"""Vectors in shards, by any engine: the same vectors as the one array's, whatever is killed, repeated or damaged."""

from __future__ import annotations

import hashlib
import json
import resource
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sneakers_ml.embedding.embed import embed
from sneakers_ml.embedding.store import load_features
from sneakers_ml.engines.local import LocalEngine, LocalParams
from sneakers_ml.errors import DataError
from sneakers_ml.tables import write_table
from sneakers_ml.workspace.params import EmbedParams
from sneakers_ml.workspace.paths import Workspace
from tests.support.corpus import draw_shoe, encode

COUNT, SHARD = 11, 3
HOG = {"side": 32, "orientations": 4, "cell": 8, "block": 1}
PARAMS = EmbedParams.model_validate({"names": ["hog"], "chunk": 2, "hog": HOG, "concat": {"parts": ["hog", "colours"]}})
LOCAL = LocalEngine(LocalParams())


class Stop(Exception):
    """The plug is pulled."""


class Restless:
    """An engine that does every item twice and the last one first, as a cluster may that loses its workers."""

    def __init__(self, stop_after=None):
        self.done, self._stop_after = 0, stop_after

    def map(self, make, items):
        function = make()
        for item in reversed(items):
            if self.done == self._stop_after:
                raise Stop
            function(item)
            self.done += 1
            yield function(item)


def photo_table(workspace, numbers):
    ids = [hashlib.sha1(bytes([number]), usedforsecurity=False).hexdigest() for number in numbers]
    table = pd.DataFrame({"photo_id": ids, "file": [f"images/{photo_id}.jpg" for photo_id in ids]})
    write_table(table, workspace.photo_table)
    return table


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "workspace")
    (workspace.photos / "images").mkdir(parents=True)
    for number, file in enumerate(photo_table(workspace, range(COUNT))["file"]):
        (workspace.photos / file).write_bytes(encode(draw_shoe(seed=number), "PNG"))
    return workspace


@pytest.fixture
def array(workspace):
    """The vectors as the one array has them, and what its json says; the files are gone again."""
    embed(workspace, "hog", PARAMS)
    features = load_features(workspace.features, "hog")
    vectors = np.array(features.vectors)
    for file in workspace.features.iterdir():
        file.unlink()
    return vectors, features.photo_ids, features.meta


def in_shards(workspace, engine=LOCAL, name="hog", **options):
    return embed(workspace, name, PARAMS, engine=engine, shard=SHARD, **options)


def shards(workspace, name="hog"):
    """Content of each file in the folder of shards."""
    return {file.name: file.read_bytes() for file in (workspace.features / f"{name}.shards").iterdir()}


def assert_same(workspace, array):
    features = load_features(workspace.features, "hog")
    vectors, photo_ids, meta = array
    assert features.vectors.tobytes() == vectors.tobytes()
    assert (features.vectors.dtype, features.vectors.shape) == (vectors.dtype, vectors.shape)
    assert (features.photo_ids, features.meta) == (photo_ids, meta)


@contextmanager
def no_room(size):
    """No file may become longer than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("engine", [LOCAL, Restless()], ids=["local", "restless"])
def test_shards_hold_the_arrays_vectors_to_the_byte(workspace, array, engine):
    heard = []
    result = in_shards(workspace, engine, on_progress=lambda done, total: heard.append((done, total)))
    assert_same(workspace, array)
    assert (result.photos, result.resumed) == (COUNT, 0)
    assert sorted(heard) == heard
    assert heard[-1] == (COUNT, COUNT)
    assert len(heard) == 4


def test_the_manifest_lists_plain_parquet_files_with_their_rows_and_hashes(workspace, array):
    in_shards(workspace)
    manifest = json.loads((workspace.features / "hog.json").read_text())
    files = shards(workspace)
    assert {line["file"]: line["sha256"] for line in manifest["shards"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    assert [line["rows"] for line in manifest["shards"]] == [3, 3, 3, 2]
    assert "photo_ids" not in manifest
    read = pd.concat(
        pq.read_table(workspace.features / "hog.shards" / line["file"]).to_pandas() for line in manifest["shards"]
    )
    assert tuple(read["photo_id"]) == array[1]
    np.testing.assert_array_equal(np.stack(read["vector"].to_list()), array[0])


def test_whoever_writes_them_the_files_are_the_same(workspace):
    in_shards(workspace)
    before = shards(workspace), (workspace.features / "hog.json").read_bytes()
    for file in (workspace.features / "hog.shards").iterdir():
        file.unlink()
    in_shards(workspace, Restless())
    assert (shards(workspace), (workspace.features / "hog.json").read_bytes()) == before


def test_a_run_that_was_stopped_goes_on_with_the_missing_shards(workspace, array):
    with pytest.raises(Stop):
        in_shards(workspace, Restless(stop_after=2))
    assert not (workspace.features / "hog.json").exists()
    (workspace.features / "hog.shards" / ".0123.tmp").write_bytes(b"half a fi")  # a killed worker's
    again = Restless()
    result = in_shards(workspace, again)
    assert (result.photos, result.resumed, again.done) == (6, 5, 2)
    assert_same(workspace, array)
    assert len(shards(workspace)) == 4


def test_nothing_is_done_again_where_nothing_changed(workspace, array):
    in_shards(workspace)
    again = Restless()
    assert in_shards(workspace, again).resumed == COUNT
    assert again.done == 0
    assert_same(workspace, array)


def test_a_changed_photo_costs_its_own_shard(workspace):
    in_shards(workspace)
    before = shards(workspace)
    fourth = workspace.photos / pd.read_parquet(workspace.photo_table)["file"][4]
    fourth.write_bytes(encode(draw_shoe(seed=99, width=120), "PNG"))
    again = Restless()
    in_shards(workspace, again)
    assert again.done == 1
    assert len(before.keys() & shards(workspace).keys()) == 3
    assert len(shards(workspace)) == 4


def test_photos_that_left_the_catalogue_leave_the_shards(workspace):
    in_shards(workspace)
    photo_table(workspace, range(7))
    in_shards(workspace)
    assert len(load_features(workspace.features, "hog").photo_ids) == 7
    assert len(shards(workspace)) == 3


def test_other_settings_begin_anew(workspace):
    in_shards(workspace)
    other = EmbedParams.model_validate({"names": ["hog"], "hog": {**HOG, "side": 64}})
    assert embed(workspace, "hog", other, engine=LOCAL, shard=SHARD).resumed == 0
    assert load_features(workspace.features, "hog").vectors.shape == (COUNT, 8 * 8 * 4)


def test_the_old_vectors_are_valid_until_the_new_ones_are_all_there(workspace, array):
    in_shards(workspace)
    fourth = workspace.photos / pd.read_parquet(workspace.photo_table)["file"][4]
    old = fourth.read_bytes()
    fourth.write_bytes(b"")
    with pytest.raises(DataError, match=r"\.jpg: The file is empty"):
        in_shards(workspace)
    fourth.write_bytes(old)
    assert_same(workspace, array)


def test_an_array_takes_the_place_of_shards_and_shards_that_of_an_array(workspace, array):
    in_shards(workspace)
    embed(workspace, "hog", PARAMS)
    assert {file.name for file in workspace.features.iterdir()} == {"hog.npy", "hog.json"}
    assert_same(workspace, array)
    in_shards(workspace)
    assert {file.name for file in workspace.features.iterdir()} == {"hog.shards", "hog.json"}
    assert_same(workspace, array)


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone", "empty"])
def test_a_damaged_shard_is_told_and_made_again(workspace, array, damage):
    in_shards(workspace)
    file = sorted((workspace.features / "hog.shards").iterdir())[1]
    content = file.read_bytes()
    middle = len(content) // 2
    spoilt = {
        "cut": content[:-20],
        "flipped": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
        "empty": b"",
    }
    file.unlink() if damage == "gone" else file.write_bytes(spoilt[damage])
    with pytest.raises(DataError, match=rf"{file.name}: .*run `sneakers embed hog`"):
        load_features(workspace.features, "hog")
    again = Restless()
    in_shards(workspace, again)
    assert again.done == 1
    assert_same(workspace, array)


def test_a_disk_without_room_for_a_copy_is_told(workspace):
    in_shards(workspace)
    with no_room(1024), pytest.raises(OSError, match=rf"{workspace.features}'"):
        load_features(workspace.features, "hog")


def test_a_disk_without_room_for_an_array_is_told_and_what_is_there_goes_on(workspace, array):
    with no_room(1024), pytest.raises(OSError, match=r"hog\.npy\.part"):
        embed(workspace, "hog", PARAMS)
    embed(workspace, "hog", PARAMS)
    assert_same(workspace, array)


@pytest.mark.parametrize("lines", ["null", "[1]", '[{"file": "x"}]'])
def test_a_damaged_manifest_names_the_command(workspace, lines):
    in_shards(workspace)
    manifest = workspace.features / "hog.json"
    manifest.write_text(f'{{"dim": 64, "shards": {lines}}}')
    with pytest.raises(DataError, match=r"damaged; run `sneakers embed hog`"):
        load_features(workspace.features, "hog")


def test_joined_vectors_come_in_shards_too(workspace):
    embed(workspace, "hog", PARAMS)
    in_shards(workspace, name="colours")
    embed(workspace, "concat", PARAMS)
    expected = np.array(load_features(workspace.features, "concat").vectors)
    result = in_shards(workspace, name="concat")
    assert load_features(workspace.features, "concat").vectors.tobytes() == expected.tobytes()
    assert (result.photos, len(shards(workspace, "concat"))) == (COUNT, 4)
    assert in_shards(workspace, name="concat").resumed == COUNT
