"""People who try things: a clear answer or silence, never a crash, never somebody else's data, never the token."""

from __future__ import annotations

import pytest

from tests.bot.fakes import photo_of
from tests.bot.process import BotProcess
from tests.bot.words import ENGLISH
from tests.support.telegram import TOKEN, FakeTelegram, Group, Person

pytestmark = pytest.mark.usefixtures("fake_bot")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4096,
        "👟" * 2048,
        "<b>" * 1000,
        "&" * 4096,
        "a\u202eb\u0000c",
        "'; DROP TABLE inbox; --",
        "@sneakers_test_bot",
        "/find " + "<script>" * 400,
        "http://" + "a" * 4000,
        "http://user:password@example.com/shoe.jpg",
        "https://例え.テスト/%00",
    ],
    ids=range(11),
)
def test_a_text_of_any_kind_gets_one_answer(telegram: FakeTelegram, bot: BotProcess, ann: Person, text: str) -> None:
    telegram.send_text(ann, text)
    looking = telegram.wait_for_answers(ann)[0]
    telegram.wait_for(
        lambda: telegram.message(ann.id, looking.message_ids[0]).text != ENGLISH.looking, what="more than looking"
    )
    assert telegram.message(ann.id, looking.message_ids[0]).text != ENGLISH.failed
    assert "could not be answered" not in bot.log
    assert TOKEN not in bot.log


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/shadow", "C:\\boot.ini", "shoe.jpg\u0000.exe", "x" * 500, "", "<b>.jpg"]
)
def test_a_file_goes_by_its_content_whatever_its_name(telegram: FakeTelegram, ann: Person, name: str) -> None:
    telegram.send_document(ann, photo_of("puma"), name=name)
    telegram.wait_for_text(ann, "Puma – sure")


def test_a_big_file_is_refused_before_and_after_it_was_fetched(
    telegram: FakeTelegram, ann: Person, ivan: Person
) -> None:
    telegram.send_document(ann, b"\xff\xd8\xff" + b"x" * (20 * 2**20), name="shoe.jpg")  # says so itself
    telegram.wait_for_text(ann, "too big")
    telegram.send_document(ivan, b"\xff\xd8\xff" + b"x" * (21 * 2**20), name="shoe.jpg", announced=1000)  # does not
    telegram.wait_for_answers(ivan)
    telegram.wait_for(lambda: telegram.messages(ivan.id)[-1].text != "Смотрю…", what="more than looking")


def test_a_search_cannot_be_taken_to_another_chat(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    """Whoever knows a button's data gets nothing by it, neither another person nor the same one elsewhere."""
    telegram.send_photo(ann, photo_of("plain"))
    looking, _ = telegram.wait_for_answers(ann, 2)
    data = telegram.message(ann.id, looking.message_ids[0]).buttons[0][2]["callback_data"]
    telegram.send_text(ivan, "/start")
    start = telegram.wait_for_answers(ivan)[0].message_ids[0]
    group = Group(-100_900)
    telegram.send_text(ann, "/about", chat=group)
    about = telegram.wait_for_answers(ann, chat=group)[0].message_ids[0]
    presses = [telegram.press_data(ivan, start, data), telegram.press_data(ann, about, data, chat=group)]
    for query in presses:
        telegram.wait_for(
            lambda query=query: any(
                call.params["callback_query_id"] == query for call in telegram.calls("answerCallbackQuery")
            ),
            what="the answers",
        )
    assert len(telegram.answers(ivan)) == len(telegram.answers(ann, group)) == 1
    assert len(telegram.answers(ann)) == 2
