"""One person's share of the bot."""

from __future__ import annotations

import asyncio

import pytest

from bot.limits import TooManyPhotos, UserLimit


def test_a_few_go_on_at_once_the_others_wait_their_turn() -> None:
    async def scenario() -> None:
        limit, gate, running, done = UserLimit(active=2, pending=5), asyncio.Event(), [0], []

        async def photo(number: int) -> None:
            async with limit.turn(7):
                running.append(running[-1] + 1)
                await gate.wait()
                done.append(number)
                running.append(running[-1] - 1)

        tasks = [asyncio.create_task(photo(number)) for number in range(5)]
        await asyncio.sleep(0.01)
        assert running[-1] == 2
        gate.set()
        await asyncio.gather(*tasks)
        assert max(running) == 2
        assert sorted(done) == list(range(5))

    asyncio.run(scenario())


def test_more_than_may_wait_are_refused_and_the_first_refusal_is_marked() -> None:
    async def scenario() -> None:
        limit, gate = UserLimit(active=1, pending=2), asyncio.Event()

        async def photo(person: int) -> None:
            async with limit.turn(person):
                await gate.wait()

        held = [asyncio.create_task(photo(7)) for _ in range(2)]
        await asyncio.sleep(0.01)
        refusals = await asyncio.gather(photo(7), photo(7), return_exceptions=True)
        assert [type(error) for error in refusals] == [TooManyPhotos, TooManyPhotos]
        assert [error.first for error in refusals if isinstance(error, TooManyPhotos)] == [True, False]
        other = asyncio.create_task(photo(8))  # somebody else is not affected
        gate.set()
        await asyncio.gather(*held, other)
        await photo(7)  # and the first person may come back

    asyncio.run(scenario())


def test_a_photo_that_failed_gives_its_place_back() -> None:
    async def scenario() -> None:
        limit = UserLimit(active=1, pending=1)
        for _ in range(3):
            with pytest.raises(ValueError, match="broken"):
                async with limit.turn(7):
                    raise ValueError("broken")

    asyncio.run(scenario())
