"""The stage `photos` in shards: the same folder as without, whatever is killed or repeated."""

from __future__ import annotations

import pytest

from sneakers_ml.catalogue.photos import normalise_photos
from sneakers_ml.engines.local import LocalEngine, LocalParams
from sneakers_ml.errors import DataError
from sneakers_ml.workspace.params import PhotosParams
from sneakers_ml.workspace.paths import Workspace
from tests.catalogue.test_photos import png, stock
from tests.embedding.test_vector_shards import Restless, Stop

PARAMS = PhotosParams()
LOCAL = LocalEngine(LocalParams())


@pytest.fixture
def workspace(tmp_path):
    """Eleven photos, of which two are equal and two cannot be read."""
    workspace = Workspace(tmp_path)
    photos = {f"photos/{number}.png": png(number) for number in range(6)}
    others = {f"photos/other{number}.png": png(number) for number in (2, 7, 8)}
    stock(workspace, speed=photos, suede={**others, "photos/page.jpg": b"<html></html>", "photos/gone.jpg": None})
    return workspace


def content(workspace):
    folder = workspace.photos
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def in_shards(workspace, engine=LOCAL, params=PARAMS):
    return normalise_photos(workspace, params, engine=engine, shard=3)


@pytest.mark.parametrize("engine", [LOCAL, Restless()], ids=["local", "restless"])
def test_the_folder_is_the_same_to_the_byte(workspace, engine):
    expected, files = normalise_photos(workspace, PARAMS), content(workspace)
    assert in_shards(workspace, engine) == expected
    assert content(workspace) == files
    assert not workspace.photos.with_name("photos.part").exists()


def test_a_stopped_run_leaves_the_old_photos_and_goes_on(workspace):
    expected, files = normalise_photos(workspace, PARAMS), content(workspace)
    with pytest.raises(Stop):
        in_shards(workspace, Restless(stop_after=3))
    assert content(workspace) == files
    (workspace.root / "data" / "photos.part" / "images" / ".0123.tmp").write_bytes(b"half a pho")
    again = Restless()
    assert in_shards(workspace, again) == expected
    assert again.done == 1
    assert content(workspace) == files


@pytest.mark.parametrize(("lost", "shards"), [("*.parquet", 4), ("images/*.jpg", 3)])  # one has no photo to be read
def test_what_was_lost_of_a_stopped_run_is_made_again(workspace, lost, shards):
    expected, files = normalise_photos(workspace, PARAMS), content(workspace)
    with pytest.raises(Stop):
        in_shards(workspace, Restless(stop_after=3))
    for file in (workspace.root / "data" / "photos.part").glob(lost):
        file.unlink()
    again = Restless()
    assert in_shards(workspace, again) == expected
    assert again.done == shards
    assert content(workspace) == files


def test_what_other_settings_left_is_not_taken(workspace):
    other = PhotosParams(jpeg_quality=60)
    normalise_photos(workspace, PARAMS)
    files = content(workspace)
    for params in (PARAMS, other):
        with pytest.raises(Stop):
            in_shards(workspace, Restless(stop_after=3), params)
    in_shards(workspace)
    assert content(workspace) == files


def test_no_photo_that_can_be_read_is_one_clear_error(tmp_path):
    workspace = Workspace(tmp_path)
    stock(workspace, speed={"photos/page.jpg": b"<html></html>"})
    with pytest.raises(DataError, match="no photo could be read"):
        in_shards(workspace)
    assert not workspace.photos.exists()
