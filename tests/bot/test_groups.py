"""Groups, commands, languages and inline mode."""

from __future__ import annotations

import re
from itertools import count

import pytest

from tests.bot.fakes import photo_of
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.telegram import BOT_ID, FakeTelegram, Group, Person

pytestmark = pytest.mark.usefixtures("fake_bot")

_groups = count(-1_000_001, -1)


@pytest.fixture
def group(ann: Person) -> Group:
    """A group whose admin is Ann."""
    return Group(next(_groups), admins=frozenset({ann.id}))


def test_a_group_is_left_alone_unless_the_bot_is_meant(
    telegram: FakeTelegram, ann: Person, ivan: Person, group: Group
) -> None:
    photo = telegram.send_photo(ann, photo_of("plain"), chat=group)
    telegram.send_text(ivan, "nice shoes, @somebody", chat=group)
    telegram.send_document(ann, b"%PDF-1.4", name="a.pdf", mime="application/pdf", chat=group)
    telegram.send_sticker(ivan, chat=group)
    telegram.send_text(ivan, "/similar", chat=group, reply_to=photo)
    looking, album = telegram.wait_for_answers(ivan, 2, chat=group)
    assert album.pictures
    assert "Nike: уверен" in telegram.message(group.id, looking.message_ids[0]).text
    assert len(telegram.answers(ann, group)) == 2


@pytest.mark.parametrize("words", ["@sneakers_test_bot", "@Sneakers_Test_Bot ", "/similar@sneakers_test_bot"])
def test_an_older_photo_is_asked_about_by_reply(
    telegram: FakeTelegram, ann: Person, ivan: Person, group: Group, words: str
) -> None:
    photo = telegram.send_photo(ann, photo_of("puma"), chat=group)
    question = telegram.send_text(ivan, words, chat=group, reply_to=photo)
    looking, _ = telegram.wait_for_answers(ivan, 2, chat=group)
    assert looking.reply_to == question
    assert "Puma" in telegram.message(group.id, looking.message_ids[0]).text


def test_a_caption_or_a_reply_to_the_bot_or_words_are_meant_for_it(
    telegram: FakeTelegram, ann: Person, group: Group
) -> None:
    telegram.send_photo(ann, photo_of("plain"), chat=group, caption="what is it, @sneakers_test_bot?")
    own, _ = telegram.wait_for_answers(ann, 2, chat=group)
    telegram.send_photo(ann, photo_of("puma"), chat=group, reply_to=own.message_ids[0])
    telegram.wait_for_answers(ann, 4, chat=group)
    telegram.send_text(ann, "@sneakers_test_bot 7 9", chat=group)
    telegram.wait_for_text(ann, "“7 9”:", group)
    telegram.send_text(ann, "/find@sneakers_test_bot 11", chat=group)
    telegram.wait_for_text(ann, "“11”:", group)
    telegram.send_text(ann, "/find@another_bot 12", chat=group)
    telegram.send_photo(ann, photo_of("plain"), chat=group, caption="/similar")
    telegram.wait_for_answers(ann, 10, chat=group)
    assert not any("“12”" in message.text for message in telegram.messages(group.id))


def test_an_admin_sets_a_group_to_answer_every_photo_in_a_language(
    telegram: FakeTelegram, ann: Person, ivan: Person, group: Group
) -> None:
    telegram.send_text(ivan, "/settings", chat=group)
    telegram.wait_for_text(ivan, RUSSIAN.settings_admins, group)
    telegram.send_text(ann, "/settings", chat=group)
    prompt = telegram.wait_for_text(ann, "Photos that nobody asked about: I am silent", group)
    telegram.press(ivan, prompt.id, ENGLISH.settings_switch_on, chat=group)
    telegram.press(ann, prompt.id, ENGLISH.settings_switch_on, chat=group)
    telegram.wait_for_text(ann, "Photos that nobody asked about: I answer them", group)
    telegram.press(ann, prompt.id, "Русский", chat=group)
    telegram.wait_for_text(ann, "Язык: Русский", group)
    telegram.send_photo(ann, photo_of("puma"), chat=group)
    telegram.wait_for_text(ann, "Puma: уверен", group)
    presses = [call for call in telegram.calls("answerCallbackQuery") if call.params.get("text")]
    assert presses[-1].params["text"] == RUSSIAN.settings_admins


def test_a_language_is_chosen_and_given_back(telegram: FakeTelegram, ann: Person) -> None:
    telegram.send_text(ann, "/language")
    prompt = telegram.wait_for_text(ann, ENGLISH.language_prompt)
    assert prompt.keyboard == [["English", "Русский"], ["As in Telegram"]]
    telegram.press(ann, prompt.id, "Русский")
    telegram.wait_for_text(ann, RUSSIAN.language_chosen)
    telegram.send_photo(ann, photo_of("puma"))
    telegram.wait_for_text(ann, "Puma: уверен")
    telegram.send_text(ann, "/language")
    telegram.press(ann, telegram.wait_for_text(ann, RUSSIAN.language_prompt).id, RUSSIAN.language_auto)
    telegram.wait_for_text(ann, ENGLISH.language_chosen)


def test_commands_say_what_they_are_for(telegram: FakeTelegram, ann: Person) -> None:
    telegram.send_text(ann, "/brands")
    telegram.wait_for_text(ann, "I can name 4 brands: Adidas, Dr. Martens & Co, Nike, Puma.")
    telegram.send_text(ann, "/about")
    about = telegram.wait_for_text(ann, "Sneakers ML 0.1.0").text.split("\n")
    assert about == [
        "Sneakers ML 0.1.0",
        "Model: hog-svm",
        "Catalogue: 12 sneakers, 12 photos, 4 brands; offers seen until 2026-01-31",
        "Brand right on photos of sneakers it never saw: 88\xa0%",
    ]
    telegram.send_text(ann, "/privacy")
    telegram.wait_for_text(ann, "/forget deletes all of it")
    for command, words in {
        "/settings": ENGLISH.settings_private,
        "/stats": ENGLISH.stats_admins,
        "/similar": ENGLISH.no_photo_in_reply,
        "/find": "Say what to look for",
        "/nonsense": "“/nonsense”",
    }.items():
        telegram.send_text(ann, command)
        telegram.wait_for_text(ann, words)


def test_an_admin_of_the_bot_sees_its_figures(telegram: FakeTelegram) -> None:
    admin = Person(77)
    telegram.send_text(admin, "/find 7")
    telegram.wait_for_answers(admin, 2)
    telegram.send_text(admin, "/stats")
    said = telegram.wait_for_text(admin, "Last 30 days").text
    people, searches, feedback, waiting = (int(number) for number in re.findall(r": (\d+)$", said, re.MULTILINE))
    assert people >= 1
    assert searches >= 1
    assert (feedback, waiting) == (0, 0)


def test_sneakers_are_shared_in_any_chat(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    def results(query: str) -> dict[str, object]:
        calls = telegram.wait_for(
            lambda: [c for c in telegram.calls("answerInlineQuery") if c.params["inline_query_id"] == query],
            what="results",
        )
        return calls[0].params

    found = results(telegram.inline(ann, "7 9"))
    assert [(each["id"], each["title"]) for each in found["results"]] == [
        ("product-7", "Air <Max> & 7"),
        ("product-9", "Air <Max> & 9"),
    ]
    assert found["results"][0]["description"] == "Nike, from $729.50"
    assert "superkicks.example/p?id=7" in found["results"][0]["input_message_content"]["message_text"]
    russian = results(telegram.inline(ivan, "all"))
    assert len(russian["results"]) == 12
    assert russian["results"][0]["description"] == "Nike, от 129,50\xa0$"
    assert results(telegram.inline(ann, "  "))["results"] == []
    assert results(telegram.inline(ann, "x" * 256, offset="nonsense"))["results"] == []


def test_the_fake_is_the_bot_that_replies_are_to(telegram: FakeTelegram, ann: Person) -> None:
    telegram.send_text(ann, "/start")
    telegram.wait_for_answers(ann)
    assert telegram.messages(ann.id)[-1].fields["from"]["id"] == BOT_ID
