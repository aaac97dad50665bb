"""What a person is told where a photo gets no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.downloads import DownloadError, FileTooBig
from bot.problems import explanation
from bot.texts import ENGLISH, RUSSIAN, Texts
from bot.worker import QueueFull, TooLate, TooManyPhotos
from sneakers_ml.errors import BadImage, BadImageReason, SneakersError
from sneakers_ml.images import decode
from tests.support.corpus import make_corpus

BOTH = pytest.mark.parametrize("texts", [ENGLISH, RUSSIAN], ids=["en", "ru"])


def test_what_the_decoder_refuses_is_explained_in_each_language(tmp_path: Path) -> None:
    for case in make_corpus(tmp_path):
        if not case.readable:
            with pytest.raises(BadImage) as refused:
                decode(case.path.read_bytes())
            assert explanation(refused.value, ENGLISH) == str(refused.value)
            russian = explanation(refused.value, RUSSIAN)
            assert russian is not None
            assert russian.startswith("Не могу использовать это изображение: ")
            assert russian.endswith(RUSSIAN.bad_image_reasons[refused.value.reason])


@BOTH
def test_each_problem_has_its_own_sentence(texts: Texts) -> None:
    errors: list[SneakersError] = [
        QueueFull("full"),
        TooLate("late"),
        FileTooBig("big"),
        DownloadError("gone"),
        TooManyPhotos(first=True),
        BadImage(BadImageReason.EMPTY),
    ]
    sentences = [explanation(error, texts) for error in errors]
    assert len(set(sentences)) == len(errors)
    assert "20" in str(sentences[2])


def test_what_an_error_names_arrives_as_text_and_not_as_markup() -> None:
    error = BadImage(BadImageReason.NOT_A_PHOTO, formats="<b>JPEG</b> & PNG")
    assert explanation(error, ENGLISH) == (
        "This is not a photo in a known format. Send it as &lt;b&gt;JPEG&lt;/b&gt; &amp; PNG."
    )


@BOTH
def test_a_person_is_told_once_of_too_many_photos(texts: Texts) -> None:
    assert explanation(TooManyPhotos(first=False), texts) is None
