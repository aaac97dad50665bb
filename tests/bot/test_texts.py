"""Both languages say the same things, within Telegram's limits."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from string import Formatter

import pytest

from bot.downloads import DownloadError, FileTooBig
from bot.limits import TooManyPhotos
from bot.refusals import refusal
from bot.texts import ENGLISH, RUSSIAN, Texts, reason, texts_for
from bot.worker import QueueFull, TooLate
from sneakers_ml.errors import BadImage, SneakersError
from sneakers_ml.images import decode
from tests.support.corpus import Case, make_corpus
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


def unreadable(folder: Path) -> list[Case]:
    return [case for case in make_corpus(folder) if not case.readable]


def test_every_reason_of_the_decoder_has_a_russian_sentence(tmp_path: Path) -> None:
    known = {sentence for _, sentence in RUSSIAN.bad_image_reasons}
    seen = set()
    for case in unreadable(tmp_path):
        with pytest.raises(BadImage) as refused:
            decode(case.path.read_bytes())
        seen.add(reason(str(refused.value), RUSSIAN))
        assert reason(str(refused.value), ENGLISH) == str(refused.value)
    assert seen
    assert seen <= known


@BOTH
def test_each_refusal_has_its_own_sentence(texts: Texts) -> None:
    errors: list[SneakersError] = [
        QueueFull("full"),
        TooLate("late"),
        FileTooBig("big"),
        DownloadError("gone"),
        TooManyPhotos(first=True),
        BadImage("1 < 2 & 3"),
    ]
    sentences = [refusal(error, texts) for error in errors]
    assert len(set(sentences)) == len(errors)
    assert "20" in str(sentences[2])
    assert "1 &lt; 2 &amp; 3" in str(sentences[5])


@BOTH
def test_a_person_is_told_once_of_too_many_photos(texts: Texts) -> None:
    assert refusal(TooManyPhotos(first=False), texts) is None
