"""Buttons under an answer: what each shows, and whose they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.fakes import photo_of
from tests.bot.process import BotProcess
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.telegram import Call, FakeTelegram, Group, Message, Person

pytestmark = pytest.mark.usefixtures("fake_bot")


def numbers(call: Call) -> list[int]:
    """The products that an album shows."""
    return [int(picture.caption.split("</b>")[0].rsplit(" ", 1)[1]) for picture in call.pictures]


@pytest.fixture
def answer(telegram: FakeTelegram, ann: Person) -> Message:
    """The answer to Ann's photo, five results of twelve."""
    telegram.send_photo(ann, photo_of("plain"))
    looking, _ = telegram.wait_for_answers(ann, 2)
    return telegram.message(ann.id, looking.message_ids[0])


def labels_of(telegram: FakeTelegram, person: Person, message: Message) -> list[str]:
    """What can be pressed under a message as it is now."""
    return [label for row in telegram.keyboard(person.id, message.id) for label in row]


def pressed(telegram: FakeTelegram, person: Person, message: Message, *labels: str) -> tuple[Message, list[int]]:
    """Press buttons one after the other; the answer that follows, and the products in its album."""
    before = len(telegram.answers(person))
    for label in labels:
        telegram.wait_for(lambda label=label: label in labels_of(telegram, person, message), what=label)
        telegram.press(person, message.id, label)
    looking, album = telegram.wait_for_answers(person, before + 2)[before:]
    return telegram.message(person.id, looking.message_ids[0]), numbers(album)


def test_pages_follow_each_other_to_the_end(telegram: FakeTelegram, ann: Person, answer: Message) -> None:
    second, shown = pressed(telegram, ann, answer, "Next page")
    assert shown == [6, 7, 8, 9, 10]
    assert second.text == "Page 2.\n\nThe most similar sneakers I know:"
    third, shown = pressed(telegram, ann, second, "Next page")
    assert shown == [11, 12]
    assert "Next page" not in labels_of(telegram, ann, third)


def test_a_press_is_answered_before_the_work(telegram: FakeTelegram, ann: Person, answer: Message) -> None:
    pressed(telegram, ann, answer, "Next page")
    methods = [call.method for call in telegram.calls() if call.method == "answerCallbackQuery" or call.chat == ann.id]
    assert methods[-4:] == ["answerCallbackQuery", "sendMessage", "editMessageText", "sendMediaGroup"]


def test_any_result_becomes_the_question(telegram: FakeTelegram, ann: Person, answer: Message) -> None:
    more, shown = pressed(telegram, ann, answer, "More like…", "3")
    assert more.text == "More like Air <Max> & 3:"
    assert shown == [1, 2, 4, 5, 6]
    assert telegram.wait_for(
        lambda: telegram.keyboard(ann.id, answer.id) == answer.keyboard, what="the buttons as they were"
    )


def test_one_that_is_not_it_is_left_out_from_then_on(telegram: FakeTelegram, ann: Person, answer: Message) -> None:
    first, shown = pressed(telegram, ann, answer, "Not this one…", "2")
    assert shown == [1, 3, 4, 5, 6]
    _, shown = pressed(telegram, ann, first, "Not this one…", "1")
    assert shown == [3, 4, 5, 6, 7]


def test_brand_colour_and_price_narrow_and_widen(telegram: FakeTelegram, ann: Person, answer: Message) -> None:
    brand, shown = pressed(telegram, ann, answer, "Only Nike")
    assert shown == [1, 3, 5, 7, 9]
    assert "Only: Nike." in brand.text
    both, shown = pressed(telegram, ann, brand, "Only red")
    assert shown == [3, 9]
    assert "Only: Nike, red." in both.text
    colour, shown = pressed(telegram, ann, both, "Any brand")
    assert shown == [3, 6, 9, 12]
    # prices are 129.50, 229.50 … 1,229.50: quarters at 404.50, 679.50 and 954.50, two digits of each
    price, shown = pressed(telegram, ann, colour, "Price…", "$400 – $680")
    assert shown == [6]
    assert "Only: red, $400 – $680." in price.text
    _, shown = pressed(telegram, ann, price, "Price…", ENGLISH.button_any_price)
    assert shown == [3, 6, 9, 12]


def test_a_menu_leads_back(telegram: FakeTelegram, ann: Person, answer: Message) -> None:
    telegram.press(ann, answer.id, "Price…")
    telegram.wait_for(lambda: telegram.keyboard(ann.id, answer.id)[-1] == [ENGLISH.button_back], what="the way back")
    telegram.press(ann, answer.id, ENGLISH.button_back)
    telegram.wait_for(lambda: telegram.keyboard(ann.id, answer.id) == answer.keyboard, what="the buttons as they were")


def said(telegram: FakeTelegram, query_id: str) -> str:
    """What a press was answered with."""

    def found() -> list[str]:
        calls = telegram.calls("answerCallbackQuery")
        return [str(call.params.get("text", "")) for call in calls if call.params["callback_query_id"] == query_id]

    telegram.wait_for(found, what=f"the answer to press {query_id}")
    return found()[0]


def test_another_persons_button_shows_nothing(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    group = Group(-100_200)
    telegram.send_photo(ann, photo_of("plain"), chat=group, caption="@sneakers_test_bot")
    looking = telegram.wait_for_answers(ann, 2, chat=group)[0]
    answer = telegram.message(group.id, looking.message_ids[0])
    assert said(telegram, telegram.press(ivan, answer.id, "Next page", chat=group)) == RUSSIAN.not_yours
    assert len(telegram.answers(ann, group)) == 2
    pressed_by_owner = telegram.press(ann, answer.id, "Next page", chat=group)
    assert said(telegram, pressed_by_owner) == ""
    assert len(telegram.wait_for_answers(ann, 4, chat=group)) == 4


@pytest.mark.parametrize(
    "data",
    [
        *("next:1", "next:", "next", "more:x", "more:1:2:3", "next:-1", "next:٣", "group:nothing", "language:xx"),
        *("x" * 64, "price:999999999999999999999", "drop table:1"),
    ],
)
def test_data_that_is_none_of_ours_gets_a_sentence(
    telegram: FakeTelegram, ann: Person, answer: Message, data: str
) -> None:
    assert said(telegram, telegram.press_data(ann, answer.id, data)) == ENGLISH.stale
    assert len(telegram.answers(ann)) == 2


@pytest.mark.parametrize(
    "choice", ["more:{}:9", "less:{}:5", "price:{}:77", "wrong:{}:40", "nonsense:{}:1", "nonsense:{}"]
)
def test_a_choice_that_there_is_not_gets_a_sentence(
    telegram: FakeTelegram, ann: Person, answer: Message, choice: str
) -> None:
    search = answer.buttons[0][0]["callback_data"].split(":")[1]
    assert said(telegram, telegram.press_data(ann, answer.id, choice.format(search))) == ENGLISH.stale
    assert len(telegram.answers(ann)) == 2


def test_a_button_of_a_message_that_is_gone_still_works(telegram: FakeTelegram, ann: Person, answer: Message) -> None:
    search = answer.buttons[0][0]["callback_data"].split(":")[1]
    telegram.delete_message(ann.id, answer.id)
    telegram.press_data(ann, answer.id, f"next:{search}")
    assert numbers(telegram.wait_for_answers(ann, 4)[3]) == [6, 7, 8, 9, 10]


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{folder / 'bot.sqlite3'}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def test_a_wrong_brand_is_noted_and_forgotten_when_asked(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    ann = Person(4711)
    with BotProcess(tmp_path, own_telegram):
        own_telegram.send_photo(ann, photo_of("plain"))
        looking, _ = own_telegram.wait_for_answers(ann, 2)
        message = looking.message_ids[0]
        own_telegram.press(ann, message, ENGLISH.button_wrong)
        own_telegram.wait_for(
            lambda: (
                own_telegram.keyboard(ann.id, message)
                == [["Dr. Martens & Co", "Adidas"], ["Another brand", "No sneaker at all"], ["‹ Back"]]
            ),
            what="the brands to choose from",
        )
        assert said(own_telegram, own_telegram.press(ann, message, "Adidas")) == ENGLISH.thanks
        told = rows(tmp_path, "SELECT person, photo LIKE 'unique-%', said, meant, bundle FROM feedback")
        assert told == [(4711, 1, "nike", "adidas", "hog-svm 2026-01-31")]
        own_telegram.send_text(ann, "/forget")
        own_telegram.wait_for_text(ann, ENGLISH.forgotten)
        for table in ("feedback", "searches", "people"):
            assert rows(tmp_path, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608
        assert rows(tmp_path, "SELECT count(*) FROM inbox WHERE person = 4711 OR body IS NOT NULL") == [(0,)]
        for file in tmp_path.glob("bot.sqlite3*"):
            assert b"unique-" not in file.read_bytes(), file
        assert said(own_telegram, own_telegram.press(ann, message, ENGLISH.button_next)) == ENGLISH.stale
