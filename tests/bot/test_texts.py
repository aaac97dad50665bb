"""Every language says the same things, within Telegram's limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from bot.answering import explanation
from bot.downloads import DownloadError, FileTooBig
from bot.texts import Texts, languages, texts_for
from bot.worker import TooLate
from sneakers_ml.errors import BadImage, BadImageReason, DataError, SneakersError
from sneakers_ml.images import decode
from sneakers_ml.serving.links import LinkError, LinkReason
from sneakers_ml.word_lists import parse_file
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.corpus import make_corpus
from tests.support.telegram_rules import visible_length

ALL = pytest.mark.parametrize("texts", languages().values(), ids=languages())


def sentences(content: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from sentences(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_english_and_russian_are_there() -> None:
    assert {"en", "ru"} <= languages().keys()
    assert [texts.name for texts in (ENGLISH, RUSSIAN)] == ["English", "Русский"]


@ALL
def test_a_sentence_is_filled_with_the_same_values_in_every_language(texts: Texts) -> None:
    english, other = dict(sentences(ENGLISH.model_dump())), dict(sentences(texts.model_dump()))
    for name, sentence in english.items():
        assert placeholders(other[name]) == placeholders(sentence), name


@ALL
def test_a_sentence_is_a_message_that_telegram_takes(texts: Texts) -> None:
    for name, sentence in sentences(texts.model_dump(exclude={"thousands", "decimal"})):
        filled = sentence.format_map(dict.fromkeys(placeholders(sentence), "x"))
        assert 0 < visible_length(filled, "HTML") < 2000, name


@ALL
def test_the_menu_of_commands_fits(texts: Texts) -> None:
    assert texts.commands.keys() == ENGLISH.commands.keys()
    assert all(3 <= len(words) <= 256 for words in texts.commands.values())


@pytest.mark.parametrize(
    ("codes", "texts"),
    [((code,), RUSSIAN) for code in ("ru", "ru-RU", "RU", "ru_RU")]
    + [((code,), ENGLISH) for code in ("en", "en-GB", "de", "rue", "", None)]
    + [((None, "ru", "en"), RUSSIAN), (("de", "ru"), RUSSIAN), ((), ENGLISH)],
)
def test_the_first_language_that_there_is(codes: tuple[str | None, ...], texts: Texts) -> None:
    assert texts_for(*codes) is texts


@pytest.mark.parametrize("reason", BadImageReason)
def test_every_reason_has_a_sentence_in_russian(reason: BadImageReason) -> None:
    assert placeholders(RUSSIAN.bad_image_reasons[reason.name]) <= placeholders(reason.value)


def test_every_reason_of_a_link_has_a_sentence_in_russian() -> None:
    assert RUSSIAN.link_reasons.keys() == {reason.name for reason in LinkReason}


def test_what_the_decoder_refuses_is_explained_in_each_language(tmp_path: Path) -> None:
    for case in make_corpus(tmp_path):
        if not case.readable:
            with pytest.raises(BadImage) as refused:
                decode(case.path.read_bytes())
            assert explanation(refused.value, ENGLISH) == str(refused.value)
            russian = explanation(refused.value, RUSSIAN)
            assert russian.startswith("Не могу использовать это изображение: ")
            assert "{" not in russian


@ALL
def test_each_problem_has_its_own_sentence(texts: Texts) -> None:
    errors: list[SneakersError] = [
        TooLate("late"),
        FileTooBig("big"),
        DownloadError("gone"),
        BadImage(BadImageReason.EMPTY),
        *(LinkError(reason) for reason in LinkReason),
    ]
    said = [explanation(error, texts) for error in errors]
    assert len(set(said)) == len(errors)
    assert "20" in said[1]


def test_what_an_error_names_arrives_as_text_and_not_as_markup() -> None:
    error = BadImage(BadImageReason.NOT_A_PHOTO, formats="<b>JPEG</b> & PNG")
    assert explanation(error, ENGLISH) == (
        "This is not a photo in a known format. Send it as &lt;b&gt;JPEG&lt;/b&gt; &amp; PNG."
    )


def test_a_language_that_lacks_a_sentence_says_which() -> None:
    with pytest.raises(DataError, match=r"de.yaml: .*thousands.*Mend the entry"):
        parse_file("de.yaml", "name: Deutsch", Texts)
