"""What every bot must do, whatever its bundle answers: a real process against a fake Telegram, over loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts import Texts
from sneakers_ml.images import MAX_BYTES
from tests.bot.process import BotProcess
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.corpus import make_corpus
from tests.support.telegram import TOKEN, FakeTelegram, Person
from tests.support.tiny import Tiny

WAITING = tuple(texts.line_place.split("{")[0] for texts in (ENGLISH, RUSSIAN))
"""How an answer begins while it waits in the line."""

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture(scope="module")
def shoe(tiny: Tiny) -> bytes:
    """A photo of a sneaker that a bundle can know."""
    return tiny.queries[0].path.read_bytes()


def answer_of(telegram: FakeTelegram, person: Person) -> str:
    """The first answer of a person that is more than "looking"."""

    def text() -> str | None:
        sent = telegram.answers(person)
        now = telegram.message(person.id, sent[0].message_ids[0]).text if sent else ENGLISH.looking
        return None if now in (ENGLISH.looking, RUSSIAN.looking) or now.startswith(WAITING) else now

    return str(telegram.wait_for(text, 40, f"an answer to {person}"))


@pytest.mark.parametrize(("language", "texts"), [("en", ENGLISH), ("ru", RUSSIAN), ("ru-RU", RUSSIAN), (None, ENGLISH)])
def test_start_and_help_speak_the_language_of_the_person(
    telegram: FakeTelegram, ann: Person, language: str | None, texts: Texts
) -> None:
    person = Person(ann.id, language)
    telegram.send_text(person, "/start")
    telegram.wait_for_answers(person)
    telegram.send_text(person, "/help")
    assert [answer.text for answer in telegram.wait_for_answers(person, 2)] == [
        texts.start,
        texts.help.format(username="sneakers_test_bot"),
    ]


def test_the_menu_of_commands_is_set_in_both_languages(telegram: FakeTelegram) -> None:
    english, russian = telegram.wait_for_calls("setMyCommands", 2)[:2]
    names = ["start", "help", "similar", "find", "brands", "about", "language", "settings", "privacy", "forget"]
    assert [command["command"] for command in english.params["commands"]] == names
    assert "language_code" not in english.params
    assert [command["command"] for command in russian.params["commands"]] == names
    assert russian.params["language_code"] == "ru"


def test_a_photo_is_answered_with_a_brand_and_an_album(telegram: FakeTelegram, ann: Person, shoe: bytes) -> None:
    message = telegram.send_photo(ann, shoe)
    looking, album = telegram.wait_for_answers(ann, 2)
    brand = telegram.message(ann.id, looking.message_ids[0])
    assert looking.text == ENGLISH.looking
    assert brand.edits == 1
    assert "%" in brand.text
    assert [label for row in brand.keyboard for label in row][:1] == [ENGLISH.button_more]
    assert album.method in {"sendMediaGroup", "sendPhoto"}
    assert all("%" in picture.caption or picture.caption == ENGLISH.searched_region for picture in album.pictures)
    assert looking.reply_to == album.reply_to == message


def test_an_image_sent_as_a_file_is_judged_by_its_content(
    telegram: FakeTelegram, ann: Person, ivan: Person, shoe: bytes
) -> None:
    telegram.send_document(ann, shoe, name="notes.txt", mime="text/plain")
    telegram.wait_for_text(ann, "%")
    telegram.send_document(ivan, b"just words", name="shoe.jpg", mime="image/jpeg")
    telegram.wait_for_text(ivan, "Не могу использовать это изображение: это не фото")


def test_an_album_gets_one_answer(telegram: FakeTelegram, ann: Person, shoe: bytes) -> None:
    first, *_ = [telegram.send_photo(ann, shoe, album="album-1") for _ in range(4)]
    looking, album = telegram.wait_for_answers(ann, 2)
    assert looking.reply_to == album.reply_to == first
    telegram.send_text(ann, "/start")
    telegram.wait_for_text(ann, "Hello!")
    texts = [message.text for message in telegram.messages(ann.id) if message.from_bot and not message.pictures]
    assert len(texts) == 2


def test_everything_else_is_told_what_to_send(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    telegram.send_sticker(ivan, animated=True)
    assert telegram.wait_for_answers(ivan)[0].text == RUSSIAN.animated_sticker
    telegram.send(ann, {"location": {"latitude": 1.5, "longitude": 2.5}})
    clip = {"file_id": "clip", "file_unique_id": "clip", "width": 8, "height": 8, "duration": 1}
    telegram.send(ann, {"animation": clip, "document": {"file_id": "clip", "file_unique_id": "clip"}})
    assert [answer.text for answer in telegram.wait_for_answers(ann, 2)] == [ENGLISH.send_photo] * 2


def test_a_file_that_telegram_would_not_hand_out_is_refused_unfetched(
    telegram: FakeTelegram, ann: Person, shoe: bytes
) -> None:
    fetched = len(telegram.calls("getFile"))
    telegram.send_document(ann, shoe, name="big.jpg", announced=MAX_BYTES + 1)
    assert telegram.wait_for_answers(ann)[0].text == ENGLISH.too_big.format(limit=20)
    assert len(telegram.calls("getFile")) == fetched


def test_odd_and_hostile_files_are_answered_one_by_one(
    telegram: FakeTelegram, ann: Person, tmp_path: Path, shoe: bytes
) -> None:
    cases = make_corpus(tmp_path)
    people = {case.name: Person(10_000 + number) for number, case in enumerate(cases)}
    for case in cases:
        telegram.send_document(people[case.name], case.path.read_bytes(), name=case.name)
    for case in cases:
        answer = answer_of(telegram, people[case.name])
        if case.readable:
            assert "%" in answer or ENGLISH.no_sneaker in answer, case.name
        else:
            assert ENGLISH.failed not in answer, case.name
            assert case.reason in answer or case.path.stat().st_size > MAX_BYTES, (case.name, answer)
    telegram.send_photo(ann, shoe)
    assert len(telegram.wait_for_answers(ann, 2)) == 2


def test_a_download_that_fails_once_is_tried_again(telegram: FakeTelegram, ann: Person, shoe: bytes) -> None:
    telegram.fail_once("getFile", 500)
    telegram.send_photo(ann, shoe)
    telegram.wait_for_text(ann, "%")


def test_a_person_who_blocked_the_bot_harms_nobody(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    telegram.send_text(ann, "/start")
    telegram.wait_for_answers(ann)
    telegram.block(ann)
    telegram.send_text(ann, "/help")
    telegram.send_text(ivan, "/help")
    assert telegram.wait_for_answers(ivan)[0].text == RUSSIAN.help.format(username="sneakers_test_bot")
    assert len(telegram.answers(ann)) == 1


def test_the_log_holds_neither_the_token_nor_people(bot: BotProcess, telegram: FakeTelegram, shoe: bytes) -> None:
    person = Person(987_654_321, "en", "Cassiopeia")
    telegram.send_photo(person, shoe)
    telegram.wait_for_answers(person, 2)
    telegram.fail_once("sendMessage", 500)
    telegram.send_text(person, "/start")
    bot.wait_for_log("Telegram failed")
    telegram.wait_for_text(person, "Hello!")  # said all the same, a little later
    assert "answered outcome=" in bot.log
    for secret in (TOKEN, TOKEN.split(":")[1], str(person.id), person.name):
        assert secret not in bot.log
