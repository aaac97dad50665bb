"""Both languages say the same things, within Telegram's limits."""

from __future__ import annotations

import dataclasses
from string import Formatter

import pytest

from bot.texts import ENGLISH, RUSSIAN, Texts, texts_for
from sneakers_ml.errors import BadImageReason
from tests.support.telegram_rules import visible_length

BOTH = pytest.mark.parametrize("texts", [ENGLISH, RUSSIAN], ids=["en", "ru"])
SENTENCES = [field.name for field in dataclasses.fields(Texts) if field.type == "str"]


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_is_filled_with_the_same_values_in_every_language(name: str) -> None:
    english, russian = getattr(ENGLISH, name), getattr(RUSSIAN, name)
    assert placeholders(english) == placeholders(russian)
    assert english
    assert russian


@BOTH
@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_is_a_message_that_telegram_takes(texts: Texts, name: str) -> None:
    assert visible_length(getattr(texts, name), "HTML") < 1000


@BOTH
def test_the_menu_of_commands_fits(texts: Texts) -> None:
    assert 3 <= len(texts.start_command) <= 256
    assert 3 <= len(texts.help_command) <= 256


@pytest.mark.parametrize(
    ("code", "texts"),
    [("ru", RUSSIAN), ("ru-RU", RUSSIAN), ("RU", RUSSIAN), ("ru_RU", RUSSIAN)]
    + [(code, ENGLISH) for code in ("en", "en-GB", "de", "rue", "", None)],
)
def test_the_language_follows_the_code(code: str | None, texts: Texts) -> None:
    assert texts_for(code) is texts


@BOTH
@pytest.mark.parametrize("reason", BadImageReason)
def test_every_reason_has_a_sentence_in_each_language(texts: Texts, reason: BadImageReason) -> None:
    sentence = texts.bad_image_reasons[reason]
    assert placeholders(sentence) <= placeholders(reason.value)
    filled = texts.bad_image.format(reason=sentence)
    assert filled.endswith(".")
    assert any("а" <= letter <= "я" for letter in filled.lower()) is (texts is RUSSIAN)
