"""The bot process with a recogniser that does what the test asks, and processes that must fail or stop."""

from __future__ import annotations

import io
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.texts import ENGLISH, RUSSIAN
from tests.bot.fakes import SHADES, SLOW_S, photo_of
from tests.bot.process import REAL, BotProcess
from tests.support.telegram import TOKEN, FakeTelegram, Person


def shade(jpeg: bytes) -> int:
    """Grey of a flat picture, rounded to the fakes' steps of 25."""
    with Image.open(io.BytesIO(jpeg)) as image:
        return 25 * round(float(np.asarray(image.convert("L")).mean()) / 25)


@pytest.mark.usefixtures("fake_bot")
class TestAnswers:
    def test_brand_line_and_album_in_words(self, telegram: FakeTelegram, ann: Person) -> None:
        telegram.send_photo(ann, photo_of("plain"))
        brand, album = telegram.wait_for_answers(ann, 2)
        assert brand.text == (
            "<b>Nike</b>: 93\xa0% sure.\n"
            "It could also be Dr. Martens &amp; Co (6\xa0%).\n\n"
            "The most similar sneakers I know:"
        )
        assert album.pictures[0].caption == (
            "<b>Air &lt;Max&gt; &amp; 1</b>\nBrand: Nike\nSimilar: 95\xa0%\n"
            '129.50\xa0$ – <a href="https://superkicks.example/p?id=1&amp;s=1">superkicks</a>\n'
            "11,990\xa0₽ – sneakerbaas"
        )

    def test_pictures_belong_to_their_captions(self, telegram: FakeTelegram, ann: Person) -> None:
        telegram.send_photo(ann, photo_of("plain"))
        album = telegram.wait_for_answers(ann, 2)[1]
        titles = [picture.caption.split("\n")[0] for picture in album.pictures]
        assert titles == [f"<b>Air &lt;Max&gt; &amp; {number}</b>" for number in range(1, 6)]
        assert [shade(picture.data) for picture in album.pictures] == [25, 50, 75, 100, 125]

    def test_a_missing_thumbnail_takes_its_caption_along(self, telegram: FakeTelegram, ann: Person) -> None:
        telegram.send_photo(ann, photo_of("gap"))
        album = telegram.wait_for_answers(ann, 2)[1]
        assert [(shade(picture.data), picture.caption.split(" ")[3][0]) for picture in album.pictures] == [
            (25, "1"),
            (75, "3"),
            (100, "4"),
            (125, "5"),
        ]

    def test_an_unknown_brand_is_owned_up_to(self, telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
        for person in (ann, ivan):
            telegram.send_photo(person, photo_of("unknown"))
        brand, single = telegram.wait_for_answers(ann, 2)
        assert "I don't know this brand" in brand.text
        assert "<b>Puma</b> (21\xa0%)" in brand.text
        assert single.method == "sendPhoto"
        assert shade(single.pictures[0].data) == SHADES["photo-1"]
        assert "я его, похоже, не знаю" in telegram.wait_for_answers(ivan)[0].text

    def test_nothing_similar_is_said_so(self, telegram: FakeTelegram, ann: Person) -> None:
        telegram.send_photo(ann, photo_of("lonely"))
        assert telegram.wait_for_answers(ann)[0].text.endswith(ENGLISH.nothing_similar)

    def test_the_largest_size_of_a_photo_is_fetched(self, telegram: FakeTelegram, ann: Person) -> None:
        seen = len(telegram.calls("download"))
        telegram.send_photo(ann, photo_of("plain", width=1600, height=1000))
        telegram.wait_for_answers(ann, 2)
        fetched = [call.params["size"] for call in telegram.calls("download")[seen:]]
        assert fetched == [len(photo_of("plain", width=1600, height=1000))]

    def test_the_chat_shows_that_the_bot_is_busy(self, telegram: FakeTelegram, ann: Person) -> None:
        telegram.send_photo(ann, photo_of("plain"), delay=0.2)
        telegram.wait_for_answers(ann, 2)
        actions = [call.params["action"] for call in telegram.calls("sendChatAction", ann)]
        assert actions == ["typing"]

    def test_a_fault_of_ours_is_apologised_for_and_logged(
        self, telegram: FakeTelegram, bot: BotProcess, ann: Person, ivan: Person
    ) -> None:
        telegram.send_photo(ann, photo_of("crash"))
        assert telegram.wait_for_answers(ann)[0].text == ENGLISH.failed
        bot.wait_for_log("RuntimeError: the model fell over")
        telegram.send_photo(ivan, photo_of("plain"))
        assert len(telegram.wait_for_answers(ivan, 2)) == 2

    def test_a_slow_photo_and_a_slow_download_hold_nobody_up(
        self, telegram: FakeTelegram, ann: Person, ivan: Person
    ) -> None:
        far = Person(ann.id + 500_000)
        telegram.send_photo(ann, photo_of("slow"))
        telegram.send_photo(far, photo_of("plain"), delay=SLOW_S)
        telegram.send_photo(ivan, photo_of("plain"))
        quick = telegram.wait_for_answers(ivan, 2)[1].at
        assert quick < telegram.wait_for_answers(ann)[0].at
        assert quick < telegram.wait_for_answers(far)[0].at

    def test_one_person_cannot_fill_the_queue(self, telegram: FakeTelegram, ann: Person) -> None:
        for _ in range(13):
            telegram.send_photo(ann, photo_of("lonely"), delay=0.3)
        texts = [answer.text for answer in telegram.wait_for_answers(ann, 11)]
        assert texts.count(ENGLISH.too_many) == 1
        assert sum("Nike" in text for text in texts) == 10
        assert texts[0] == ENGLISH.too_many


def test_full_queue_and_deadline(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    ann, ivan, far = Person(1), Person(2, "ru"), Person(3)
    with BotProcess(tmp_path, own_telegram, BOT_QUEUE="1", BOT_DEADLINE="1.5", BOT_THREADS="1"):
        own_telegram.send_photo(ann, photo_of("slow"))
        own_telegram.wait_for_calls("download")
        own_telegram.send_photo(ivan, photo_of("plain"))
        assert own_telegram.wait_for_answers(ivan)[0].text == RUSSIAN.busy
        assert own_telegram.answers(ann) == []
        assert own_telegram.wait_for_answers(ann)[0].text == ENGLISH.too_late
        own_telegram.send_text(far, "/start")
        assert own_telegram.wait_for_answers(far)[0].text == ENGLISH.start


def test_sigterm_stops_it_after_the_photos_under_way(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    ann = Person(1)
    own_telegram.fail_once("getMe", 429, retry_after=1)
    with BotProcess(tmp_path, own_telegram) as bot:
        own_telegram.send_photo(ann, photo_of("plain"), delay=0.5)
        own_telegram.wait_for_calls("getFile")
        assert bot.terminate() == 0
        assert len(own_telegram.answers(ann)) == 2
        assert "Traceback" not in bot.log
        assert TOKEN not in bot.log


def test_it_waits_for_a_telegram_that_is_away_and_can_be_stopped_then(tmp_path: Path) -> None:
    with BotProcess(tmp_path, TELEGRAM_API_URL="http://127.0.0.1:9", TELEGRAM_TOKEN=TOKEN) as bot:
        bot.wait_for_log("Telegram cannot be reached")
        assert bot.terminate(signal.SIGINT) == 0
        assert TOKEN not in bot.log
        assert "Traceback" not in bot.log


def test_a_rejected_token_is_one_line(tmp_path: Path) -> None:
    with FakeTelegram(token="1:another-bots-token") as telegram, BotProcess(tmp_path, telegram) as bot:
        assert bot.wait() == 2
        assert bot.log == "bot: TELEGRAM_TOKEN was rejected by Telegram; get a new one from @BotFather\n"


def test_an_unset_token_is_one_line(tmp_path: Path) -> None:
    with BotProcess(tmp_path, module=REAL, TELEGRAM_TOKEN="") as bot:
        assert bot.wait() == 2
        assert bot.log == "bot: TELEGRAM_TOKEN is not set; get one from @BotFather and put it in .env\n"


def test_a_missing_bundle_is_one_line_before_telegram_is_asked(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with BotProcess(tmp_path, own_telegram, module=REAL, SNEAKERS_HOME=str(tmp_path)) as bot:
        assert bot.wait() == 1
        assert bot.log.startswith("bot: ")
        assert bot.log.count("\n") == 1
    assert own_telegram.calls() == []
