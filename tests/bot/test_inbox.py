"""The inbox keeps what it was given, whatever shape that has, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.database import open_database
from bot.inbox import Inbox, Progress
from bot.preferences import GroupSettings, Preferences
from bot.searches import Search, Searches


def message(update_id: int, person: int = 1, chat: int = 1, **content: Any) -> dict[str, Any]:
    facts = {"message_id": update_id, "date": 0, "chat": {"id": chat, "type": "private"}, "from": {"id": person}}
    return {"update_id": update_id, "message": facts | content}


def with_database(path: Path, scenario: Callable[[Any], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_database(path) as database:
            await scenario(database)

    asyncio.run(run())


def test_what_was_put_waits_until_it_is_finished_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"

    async def first(database: Any) -> None:
        inbox = Inbox(database)
        entries = await inbox.put([message(5, text="/start"), message(7, 2, photo=[]), message(6, text="words")])
        assert [(each.update_id, each.person, each.slow) for each in entries] == [
            (5, 1, False),
            (7, 2, True),
            (6, 1, True),
        ]
        assert [each.update_id for each in await inbox.put([message(5), message(8)])] == [5, 8]
        assert await inbox.begin(5) == Progress(1)
        await inbox.placed(5, 99)
        await inbox.begin_album(5)
        await inbox.finish([6])

    async def second(database: Any) -> None:
        inbox = Inbox(database)
        assert [each.update_id for each in await inbox.waiting()] == [5, 7, 8]
        assert await inbox.begin(5) == Progress(2, 99, album_begun=True)
        assert await inbox.bodies([8, 6, 5]) == [message(5, text="/start"), message(8)]
        assert await inbox.put([message(6)]) == []  # done, and sent again

    with_database(path, first)
    with_database(path, second)


def test_an_album_is_answered_when_a_part_of_it_is(tmp_path: Path) -> None:
    async def scenario(database: Any) -> None:
        inbox = Inbox(database)
        one, two = await inbox.put([message(1, media_group_id="a"), message(2, media_group_id="a")])
        assert one.album == two.album == "1:a"
        assert not await inbox.answered("1:a")
        await inbox.finish([1])
        assert await inbox.answered("1:a")
        assert not await inbox.answered("2:a")  # another chat's is another album

    with_database(tmp_path / "bot.sqlite3", scenario)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"message": 7},
        {"message": None},
        {"message": {"chat": [], "from": "x", "media_group_id": {}, "text": 3}},
        {"callback_query": {"message": "x"}},
        {"poll": {"id": "1"}},
    ],
)
def test_an_update_of_any_shape_is_kept(tmp_path: Path, content: dict[str, Any]) -> None:
    async def scenario(database: Any) -> None:
        inbox = Inbox(database)
        (entry,) = await inbox.put([{"update_id": 1, **content}])
        assert (entry.person, entry.chat, entry.album) == (None, None, None)
        assert await inbox.bodies([1]) == [{"update_id": 1, **content}]

    with_database(tmp_path / "bot.sqlite3", scenario)


def test_a_batch_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    async def scenario(database: Any) -> None:
        inbox = Inbox(database)
        with pytest.raises(KeyError):
            await inbox.put([message(1), {"message": {}}])
        assert await inbox.waiting() == []
        assert [each.update_id for each in await inbox.put([message(1)])] == [1]

    with_database(tmp_path / "bot.sqlite3", scenario)


def test_another_bot_starts_anew_but_keeps_what_people_chose(tmp_path: Path) -> None:
    async def scenario(database: Any) -> None:
        inbox, searches, preferences = Inbox(database), Searches(database), Preferences(database)
        await inbox.belong_to(10)
        await inbox.put([message(1)])
        await searches.keep(1, 1, 1, Search(words="red"))
        await preferences.choose_language(1, "ru")
        await inbox.belong_to(10)
        assert len(await inbox.waiting()) == 1
        await inbox.belong_to(11)
        assert await inbox.waiting() == []
        assert await searches.get(1, 1, 1) is None
        assert await preferences.language(1) == "ru"

    with_database(tmp_path / "bot.sqlite3", scenario)


def test_a_search_comes_back_as_it_was_for_its_person_alone(tmp_path: Path) -> None:
    search = Search(
        photos=("a", "b"), brand="nike", page=2, min_price=10.5, less=("x",), shown=("y", "z"), brands=("n",), more=True
    )

    async def scenario(database: Any) -> None:
        searches = Searches(database)
        await searches.keep(7, 1, -100, search)
        assert await searches.get(7, 1, -100) is None  # no update asks for it, or it was forgotten
        await Inbox(database).put([message(7)])
        await searches.keep(7, 1, -100, search)
        await searches.keep(7, 1, -100, search)  # the same again, after a crash
        assert await searches.get(7, 1, -100) == search
        for person, chat, search_id in ((2, -100, 7), (1, -101, 7), (1, -100, 8)):
            assert await searches.get(search_id, person, chat) is None
        assert await searches.exists(7, -100)
        assert not await searches.exists(7, -101)
        assert await searches.counts() == {"people": 1, "searches": 1, "feedback": 0}

    with_database(tmp_path / "bot.sqlite3", scenario)


def test_a_group_keeps_its_settings_when_it_moves(tmp_path: Path) -> None:
    async def scenario(database: Any) -> None:
        preferences = Preferences(database)
        assert await preferences.group(-1) == GroupSettings()
        await preferences.set_group(-1, GroupSettings("ru", answers_all=True))
        await preferences.move_group(-1, -100)
        assert await preferences.group(-100) == GroupSettings("ru", answers_all=True)
        assert await preferences.group(-1) == GroupSettings()

    with_database(tmp_path / "bot.sqlite3", scenario)


def test_what_is_old_is_pruned(tmp_path: Path) -> None:
    async def scenario(database: Any) -> None:
        inbox, searches = Inbox(database), Searches(database)
        await inbox.put([message(1), message(2)])
        await searches.keep(1, 1, 1, Search(words="old"))
        await searches.keep(2, 1, 1, Search(words="new"))
        await inbox.finish([1, 2])
        three_days, two_months = 3 * 86_400, 60 * 86_400
        await database.execute("UPDATE inbox SET done = done - ? WHERE update_id = 1", (three_days,))
        await database.execute("UPDATE searches SET made = made - ? WHERE search_id = 1", (two_months,))
        await inbox.prune()
        await searches.prune()
        async with database.execute("SELECT update_id FROM inbox") as cursor:
            assert [row[0] for row in await cursor.fetchall()] == [2]
        assert [await searches.get(number, 1, 1) for number in (1, 2)] == [None, Search(words="new")]

    with_database(tmp_path / "bot.sqlite3", scenario)
