from __future__ import annotations

import json

import numpy as np
import pytest

from sneakers_ml.embedding.store import FeatureWriter, load_features
from sneakers_ml.errors import DataError

IDS = [f"photo-{number}" for number in range(10)]
META = {"name": "toy", "dim": 3, "settings": {"side": 8}}
ROWS = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)


class Stop(Exception):
    """The plug is pulled."""


def write(folder, *, ids=IDS, meta=META, rows=ROWS, stop_after=None):
    """Write in steps of two rows; returns where the writer began."""
    with FeatureWriter(folder, "toy", ids, meta) as writer:
        began = writer.done
        for start in range(began, len(ids), 2):
            if stop_after is not None and start >= stop_after:
                raise Stop
            writer.append(rows[start : start + 2])
    return began


def interrupt(folder, after=4, **options):
    with pytest.raises(Stop):
        write(folder, stop_after=after, **options)


def test_the_array_is_plain_float32_rows_and_the_json_names_the_photos(tmp_path):
    write(tmp_path / "features")
    array = np.load(tmp_path / "features" / "toy.npy", allow_pickle=False)
    assert array.dtype == np.float32
    assert array.flags.c_contiguous
    np.testing.assert_array_equal(array, ROWS)
    meta = json.loads((tmp_path / "features" / "toy.json").read_text())
    assert meta == {**META, "photo_ids": IDS}
    assert {file.name for file in (tmp_path / "features").iterdir()} == {"toy.npy", "toy.json"}


def test_load_gives_back_rows_ids_and_settings_without_reading_the_file_into_memory(tmp_path):
    write(tmp_path)
    features = load_features(tmp_path, "toy")
    assert isinstance(features.vectors, np.memmap)
    np.testing.assert_array_equal(features.vectors, ROWS)
    assert features.photo_ids == tuple(IDS)
    assert features.meta == META


def test_doubles_and_strided_rows_are_stored_as_float32(tmp_path):
    write(tmp_path, rows=np.asfortranarray(ROWS.astype(np.float64)))
    np.testing.assert_array_equal(load_features(tmp_path, "toy").vectors, ROWS)


def test_an_interrupted_run_goes_on_and_ends_the_same_to_the_byte(tmp_path):
    write(tmp_path / "whole")
    interrupt(tmp_path / "broken")
    assert not (tmp_path / "broken" / "toy.npy").exists()
    assert write(tmp_path / "broken") == 4
    for name in ("toy.npy", "toy.json"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_rows_beyond_the_last_checkpoint_are_written_again(tmp_path):
    """A kill leaves no time for a checkpoint: the state says 4 rows, the file holds more, and half a row."""
    interrupt(tmp_path)
    with (tmp_path / "toy.npy.part").open("ab") as file:
        file.write(b"\x7f" * 30)
    assert write(tmp_path) == 4
    np.testing.assert_array_equal(load_features(tmp_path, "toy").vectors, ROWS)


def test_rows_that_never_reached_the_disk_are_not_made_up(tmp_path):
    interrupt(tmp_path)
    part = tmp_path / "toy.npy.part"
    part.write_bytes(part.read_bytes()[:-1])
    assert write(tmp_path) == 0
    np.testing.assert_array_equal(load_features(tmp_path, "toy").vectors, ROWS)


@pytest.mark.parametrize(
    "other",
    [
        {"ids": [*IDS[:9], "another"]},
        {"ids": IDS[::-1]},
        {"ids": IDS[:8]},
        {"meta": {**META, "settings": {"side": 16}}},
        {"meta": {**META, "graph_sha256": "0" * 64}},
    ],
)
def test_other_photos_or_settings_start_anew(tmp_path, other):
    interrupt(tmp_path)
    assert write(tmp_path, **other) == 0


@pytest.mark.parametrize("state", ["", "{}", "[]", "null", '{"key": 1'])
def test_a_damaged_state_starts_anew(tmp_path, state):
    interrupt(tmp_path)
    (tmp_path / "toy.part.json").write_text(state)
    assert write(tmp_path) == 0
    np.testing.assert_array_equal(load_features(tmp_path, "toy").vectors, ROWS)


def test_an_interrupted_run_leaves_the_old_vectors_in_place(tmp_path):
    write(tmp_path)
    interrupt(tmp_path, rows=ROWS + 1)
    np.testing.assert_array_equal(load_features(tmp_path, "toy").vectors, ROWS)


@pytest.mark.parametrize("rows", [ROWS[:8], np.concatenate([ROWS, ROWS[:2]])])
def test_too_few_or_too_many_rows_are_an_error(tmp_path, rows):
    with pytest.raises(DataError, match=r"rows of 10"), FeatureWriter(tmp_path, "toy", IDS, META) as writer:
        writer.append(rows)
    assert not (tmp_path / "toy.npy").exists()


@pytest.mark.parametrize("rows", [ROWS[:, :2], ROWS[0]])
def test_rows_of_another_length_are_an_error(tmp_path, rows):
    with pytest.raises(DataError, match=r"not \(n, 3\)"), FeatureWriter(tmp_path, "toy", IDS, META) as writer:
        writer.append(rows)


@pytest.mark.parametrize("name", ["toy.npy", "toy.json"])
def test_a_missing_file_names_the_command(tmp_path, name):
    write(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(DataError, match=rf"{name}: missing; run `sneakers embed toy`"):
        load_features(tmp_path, "toy")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("toy.npy", b""),
        ("toy.npy", b"\x93NUMPY"),
        ("toy.npy", b"<html>"),
        ("toy.json", b"{"),
        ("toy.json", b"{}"),
        ("toy.json", b"[]"),
    ],
)
def test_a_damaged_file_names_the_command(tmp_path, name, content):
    write(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=r"damaged; run `sneakers embed toy`"):
        load_features(tmp_path, "toy")


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    write(tmp_path)
    meta = {**META, "photo_ids": IDS[:9]}
    (tmp_path / "toy.json").write_text(json.dumps(meta))
    with pytest.raises(DataError, match=r"\(10, 3\) for 9 photos"):
        load_features(tmp_path, "toy")


def test_an_array_of_doubles_is_refused(tmp_path):
    write(tmp_path)
    np.save(tmp_path / "toy.npy", ROWS.astype(np.float64))
    with pytest.raises(DataError, match="float64, not float32"):
        load_features(tmp_path, "toy")


def test_new_vectors_never_lie_beside_old_photo_ids(tmp_path):
    """The json cannot be replaced here, so the vectors must not be either."""
    (tmp_path / "toy.json" / "in the way").mkdir(parents=True)
    np.save(tmp_path / "toy.npy", ROWS)
    with pytest.raises(OSError, match=r"toy\.json"):
        write(tmp_path, rows=ROWS + 1)
    np.testing.assert_array_equal(np.load(tmp_path / "toy.npy"), ROWS)
