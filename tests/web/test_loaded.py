from __future__ import annotations

import shutil

import pytest

from sneakers_ml.errors import BundleError
from sneakers_ml.web.loaded import load, serving_now


def test_a_bundle_is_loaded_once(tiny):
    assert load(tiny.workspace.bundle) is load(tiny.workspace.bundle)
    assert serving_now(tiny.workspace.bundle) is load(tiny.workspace.bundle).current


def test_no_bundle_is_an_error(tmp_path):
    with pytest.raises(BundleError, match="no bundle here"):
        serving_now(tmp_path)


def test_a_broken_bundle_does_not_take_the_place_of_the_one_that_serves(tiny, tmp_path, caplog):
    folder = shutil.copytree(tiny.workspace.bundle, tmp_path / "serving")
    before = load(folder).current
    (folder / "bundle.json").write_text("{}")
    assert serving_now(folder) is before
    assert "the bundle before serves on" in caplog.text


def test_a_new_bundle_takes_the_place_of_the_one_before(tiny, tmp_path):
    folder = shutil.copytree(tiny.workspace.bundle, tmp_path / "serving")
    before = load(folder).current
    (folder / "bundle.json").write_bytes((folder / "bundle.json").read_bytes() + b"\n")
    assert serving_now(folder) is not before
