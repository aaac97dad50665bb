from __future__ import annotations

from pathlib import Path

import pytest

from sneakers_ml.shards import plan_shards

FOLDER = Path("shards")
ROWS = [["a", 1], ["b", 2], ["c", 3], ["d", 4], ["e", 5]]


@pytest.mark.parametrize(
    ("size", "bounds"),
    [(2, [(0, 2), (2, 4), (4, 5)]), (5, [(0, 5)]), (9, [(0, 5)]), (1, [(n, n + 1) for n in range(5)])],
)
def test_every_row_is_in_one_shard_in_order(size, bounds):
    plan = plan_shards(FOLDER, ROWS, size, "settings")
    assert [(shard.start, shard.stop) for shard in plan] == bounds
    assert [shard.path.parent for shard in plan] == [FOLDER] * len(bounds)
    assert sorted(shard.path for shard in plan) == [shard.path for shard in plan]


def test_no_rows_make_no_shards():
    assert plan_shards(FOLDER, [], 2, "settings") == []


def test_a_name_changes_with_what_the_shard_is_made_of_and_with_nothing_else():
    plan = plan_shards(FOLDER, ROWS, 2, "settings")
    assert plan_shards(FOLDER, ROWS, 2, "settings") == plan
    changed = plan_shards(FOLDER, [*ROWS[:2], ["c", 9], *ROWS[3:]], 2, "settings")
    assert [ours == theirs for ours, theirs in zip(plan, changed, strict=True)] == [True, False, True]
    longer = plan_shards(FOLDER, [*ROWS, ["f", 6], ["g", 7]], 2, "settings")
    assert [ours == theirs for ours, theirs in zip(plan, longer, strict=False)] == [True, True, False]
    assert not {shard.path for shard in plan} & {shard.path for shard in plan_shards(FOLDER, ROWS, 2, "others")}
