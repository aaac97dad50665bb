"""Photos of many people while the bot is killed at random moments: none is lost, none is answered twice."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.bot.fakes import photo_of
from tests.bot.process import BotProcess
from tests.bot.words import ENGLISH
from tests.support.telegram import FakeTelegram, Message, Person

PICTURES_LOST = [ENGLISH.button_pictures]


def bot_of(folder: Path, telegram: FakeTelegram) -> BotProcess:
    return BotProcess(folder, telegram, FAKE_WORK_S="0.03", BOT_MESSAGES_PER_SECOND="1000", BOT_PER_MINUTE="100")


# aiohttp, the Bot API server's, complains of the uploads that the kills cut off
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("photos", "people", "kills"), [(40, 16, 2), pytest.param(500, 200, 20, marks=pytest.mark.slow)]
)
def test_no_photo_is_lost_or_answered_twice(tmp_path: Path, photos: int, people: int, kills: int) -> None:
    chance = random.Random(7)
    jpeg = photo_of("plain")
    questions: dict[int, set[int]] = defaultdict(set)
    """Messages that share an answer, by the first one's id: a photo alone, or an album of three."""
    with FakeTelegram() as telegram:
        bot, killed = bot_of(tmp_path, telegram), 0
        next_kill = time.monotonic() + chance.uniform(1, 3)
        for number in range(photos):
            person = Person(1000 + number % people)
            if number % 10 == 0:
                ids = [telegram.send_photo(person, jpeg, album=f"album-{number}") for _ in range(3)]
            else:
                ids = [telegram.send_photo(person, jpeg)]
            questions[ids[0]] |= set(ids)
            time.sleep(chance.uniform(0, 0.04))
            if killed < kills and time.monotonic() >= next_kill:
                bot.kill()
                killed += 1
                bot = bot_of(tmp_path, telegram)
                next_kill = time.monotonic() + chance.uniform(1, 3)
        while killed < kills:
            time.sleep(chance.uniform(1, 3))
            bot.kill()
            killed += 1
            bot = bot_of(tmp_path, telegram)
        with bot:
            answered = {message for ids in questions.values() for message in ids}
            chats = [1000 + number for number in range(people)]

            def said() -> list[Message]:
                return [each for chat in chats for each in telegram.messages(chat) if each.from_bot]

            def texts() -> list[Message]:
                return [each for each in said() if not each.pictures and "Nike" in each.text]

            def missing() -> set[int]:
                return {first for first, ids in questions.items() if not ids & {each.reply_to for each in texts()}}

            telegram.wait_for(lambda: not missing(), 60, "an answer to every photo")
            time.sleep(3)  # a second answer would come by now
            assert bot.terminate() == 0
        owner = {message: first for first, ids in questions.items() for message in ids}
        by_question = Counter(owner[each.reply_to] for each in texts() if each.reply_to in answered)
        assert by_question == dict.fromkeys(questions, 1)
        albums: Counter[int] = Counter()
        for call in telegram.calls("sendMediaGroup"):
            if call.error is None:
                albums[owner[call.reply_to or 0]] += 1
        assert set(albums.values()) == {1}
        for each in texts():
            shown = each.keyboard[0] == PICTURES_LOST
            assert shown or albums[owner[each.reply_to or 0]] == 1, "neither pictures nor a button for them"
        left = [each for each in said() if each.text == ENGLISH.looking or each.text.startswith("You are number")]
        assert len(left) <= kills * 16  # a kill between sending and noting leaves those under way, which nobody edits
