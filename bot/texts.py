"""Every sentence the bot says: a file of the folder `languages` for each language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sneakers_ml.errors import BadImage
from sneakers_ml.serving.answer import Relation
from sneakers_ml.serving.links import LinkError
from sneakers_ml.word_lists import WordList, parse_file

__all__ = ["FALLBACK", "Texts", "languages", "texts_for"]

FALLBACK = "en"
"""The language of everybody who has not chosen one that there is."""


class Sureness(WordList):
    """How sure a brand is, in words."""

    sure: str
    quite: str
    guess: str


class Texts(WordList):
    """One language; what stands in braces is filled with `str.format` and has the same names in every language.

    Telegram HTML, so values that fill a sentence come escaped.
    """

    name: str
    thousands: str
    decimal: str
    money: str
    commands: Mapping[str, str]

    start: str
    help: str
    privacy: str
    forgotten: str
    language_prompt: str
    language_auto: str
    language_chosen: str
    settings_prompt: str
    settings_on: str
    settings_off: str
    settings_language_auto: str
    settings_switch_on: str
    settings_switch_off: str
    settings_admins: str
    settings_private: str
    brands: str
    about: str
    date_unknown: str
    stats: str
    stats_admins: str

    send_photo: str
    animated_sticker: str
    no_photo_in_reply: str
    say_what: str
    looking: str
    line_place: str

    sureness: Sureness
    known: str
    unknown: str
    no_sneaker: str
    alternatives: str
    looks: str
    and_words: str
    most_like: str
    photo_of_album: str
    similar: str
    found: str
    more_like: str
    nothing_similar: str
    nothing_found: str
    nothing_more: str
    narrowed: str
    page: str
    searched_region: str
    no_photos_here: str

    caption_brand: str
    relations: Mapping[Relation, str]
    caption_similarity: str
    caption_more_offers: str

    button_more: str
    button_less: str
    button_next: str
    button_brand: str
    button_any_brand: str
    button_price: str
    button_any_price: str
    button_colour: str
    button_any_colour: str
    button_wrong: str
    button_other_brand: str
    button_no_sneaker: str
    button_back: str
    button_pictures: str
    choose_more: str
    choose_less: str
    choose_price: str
    choose_wrong: str
    price_up_to: str
    price_from: str
    price_between: str
    thanks: str
    stale: str
    not_yours: str
    inline_price: str

    too_big: str
    download_failed: str
    slow_down: str
    too_late: str
    away: str
    failed: str
    bad_image: str
    bad_image_reasons: Mapping[str, str] = {}
    link_reasons: Mapping[str, str] = {}

    def of_image(self, error: BadImage) -> str:
        """Why a photo cannot be used."""
        return self.bad_image.format(
            reason=self.bad_image_reasons.get(error.reason.name, error.reason.value).format(**error.data)
        )

    def of_link(self, error: LinkError) -> str:
        """Why a link gives no picture."""
        return self.link_reasons.get(error.reason.name, error.reason.value)


@cache
def languages() -> Mapping[str, Texts]:
    """Every language by its code (ISO 639-1).

    Raises:
        DataError: when a file lacks a sentence, or has one too many.
    """
    found = sorted((file for file in (files("bot") / "languages").iterdir()), key=lambda file: file.name)
    return {
        file.name.removesuffix(".yaml"): parse_file(file.name, file.read_text(encoding="utf-8"), Texts)
        for file in found
        if file.name.endswith(".yaml")
    }


def texts_for(*codes: str | None) -> Texts:
    """The first of the languages that there is ("ru", "ru-RU"); English where there is none."""
    for code in codes:
        primary = (code or "").replace("_", "-").split("-")[0].lower()
        if primary in languages():
            return languages()[primary]
    return languages()[FALLBACK]
