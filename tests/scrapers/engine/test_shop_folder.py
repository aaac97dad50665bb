from __future__ import annotations

import pytest

from scrapers.engine.shop_folder import RunState, ShopFolder
from sneakers_ml.errors import SneakersError
from sneakers_ml.workspace.paths import Workspace
from tests.scrapers.engine.parts import NOW


@pytest.fixture
def folder(tmp_path):
    return ShopFolder(Workspace(tmp_path), "alpha")


def test_a_state_is_read_as_it_was_written(folder):
    state = RunState.begin("http://127.0.0.1:8000", NOW)
    folder.write_state(state)
    assert folder.read_state() == state
    assert state.progress == "open"


@pytest.mark.parametrize("content", [b"", b"{", b'{"base": 1}', b"\xff"])
def test_one_that_cannot_be_read_is_none(folder, content):
    assert folder.read_state() is None
    folder.root.mkdir(parents=True)
    folder.state.write_bytes(content)
    assert folder.read_state() is None


def test_a_lock_is_held_by_one_at_a_time(folder):
    refused = pytest.raises(SneakersError, match="alpha is being crawled by another process")
    with folder.locked(), refused, folder.locked():
        raise AssertionError
    with folder.locked():
        assert folder.root.exists()
