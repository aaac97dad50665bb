from __future__ import annotations

import pytest

from sneakers_ml.atomic import write_atomically


def test_writes_into_new_folders_and_over_old_files(tmp_path):
    target = tmp_path / "reports" / "page.md"
    write_atomically(target, b"old")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    target = tmp_path / "page.md"
    target.mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(OSError, match=r"page\.md"):
        write_atomically(target, b"new")
    assert list(tmp_path.iterdir()) == [target]
