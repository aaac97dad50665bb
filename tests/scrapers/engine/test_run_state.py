from __future__ import annotations

import pytest

from scrapers.engine.run_state import RunState, locked, read_state, write_state
from sneakers_ml.errors import SneakersError
from tests.scrapers.engine.parts import NOW


def test_it_is_read_as_it_was_written(tmp_path):
    state = RunState.begin("http://127.0.0.1:8000", NOW)
    write_state(tmp_path / "state.json", state)
    assert read_state(tmp_path / "state.json") == state
    assert state.progress == "open"


@pytest.mark.parametrize("content", [b"", b"{", b'{"base": 1}', b"\xff"])
def test_one_that_cannot_be_read_is_none(tmp_path, content):
    assert read_state(tmp_path / "state.json") is None
    (tmp_path / "state.json").write_bytes(content)
    assert read_state(tmp_path / "state.json") is None


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    path = tmp_path / "alpha" / "lock"
    with (
        locked(path, "alpha"),
        pytest.raises(SneakersError, match="alpha is being crawled by another process"),
        locked(path, "alpha"),
    ):
        raise AssertionError
    with locked(path, "alpha"):
        assert path.exists()
