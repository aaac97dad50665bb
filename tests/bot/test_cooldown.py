from __future__ import annotations

import pytest

from bot.cooldown import Cooldown, SlowDown


def test_a_minute_slides_and_one_refusal_is_the_first() -> None:
    cooldown = Cooldown(per_minute=3)
    for at in (100.0, 110.0, 120.0):
        cooldown.take(1, at)
    refusals = []
    for at in (121.0, 122.0):
        with pytest.raises(SlowDown) as refused:
            cooldown.take(1, at)
        refusals.append((refused.value.first, refused.value.seconds))
    assert refusals == [(True, 39.0), (False, 38.0)]
    cooldown.take(2, 122.0)  # somebody else is not affected
    cooldown.take(1, 160.5)  # the first of the three is a minute old
    with pytest.raises(SlowDown) as refused:
        cooldown.take(1, 161.0)
    assert refused.value.first


def test_who_comes_back_later_leaves_nothing_behind() -> None:
    cooldown = Cooldown(per_minute=1)
    for person in range(1000):
        cooldown.take(person, 100.0 + person)
    assert len(cooldown._taken) <= 61
