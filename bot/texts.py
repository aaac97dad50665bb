"""Every sentence the bot says, in Russian and English; Telegram HTML, so values that fill a sentence come escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telegram import Update

from sneakers_ml.errors import BadImageReason
from sneakers_ml.serving.answer import Relation

__all__ = ["ENGLISH", "RUSSIAN", "Texts", "texts_for", "texts_of"]


@dataclass(frozen=True, slots=True)
class Texts:
    """One language; what stands in braces is filled with `str.format` and has the same names in every language.

    `bad_image` is filled with one of `bad_image_reasons`, and that with the error's data.
    """

    language: str
    start: str
    help: str
    start_command: str
    help_command: str
    send_photo: str
    known: str
    unknown: str
    no_sneaker: str
    alternatives: str
    similar: str
    nothing_similar: str
    bad_image: str
    bad_image_reasons: Mapping[BadImageReason, str]
    too_big: str
    download_failed: str
    too_many: str
    busy: str
    too_late: str
    failed: str
    caption_brand: str
    relations: Mapping[Relation, str]
    caption_similarity: str
    caption_more_offers: str
    thousands: str
    decimal: str


ENGLISH = Texts(
    language="en",
    start=(
        "Hello! I find sneakers by photo.\n\n"
        "Send me a photo of a sneaker: I will name its brand and show the most similar ones from shops, with prices."
    ),
    help=(
        "<b>How to use me</b>\n"
        "• Send a photo, or an image as a file (JPEG, PNG, WebP, HEIC; up to 20 MB).\n"
        "• One sneaker or pair in the photo, large and from the side, works best.\n"
        "• An album works too: each photo gets its own answer.\n\n"
        "I answer with the brand, how sure I am of it, and the most similar sneakers with prices and links. "
        "If I do not know the brand, I say so. I do not keep your photos.\n\n"
        "/start – greeting\n/help – this page"
    ),
    start_command="What this bot does",
    help_command="How to use it",
    send_photo="I only understand photos. Send me a photo of a sneaker, or an image as a file; /help tells more.",
    known="<b>{brand}</b>: {confidence} sure.",
    unknown=(
        "I can't name this one: I don't know this brand well enough. My closest guess is <b>{brand}</b> ({confidence})."
    ),
    no_sneaker=(
        "I see no sneaker in this photo. Send one where a single shoe or pair is large, from the side if you can."
    ),
    alternatives="It could also be {brands}.",
    similar="The most similar sneakers I know:",
    nothing_similar="I have no similar sneakers to show.",
    bad_image="{reason}",
    bad_image_reasons={reason: reason.value for reason in BadImageReason},
    too_big="This file is too big: Telegram lets me take files of up to {limit} MB. Send it as a photo instead.",
    download_failed="Telegram did not give me this file. Please send it again.",
    too_many="That is more photos than I can look at for one person at once. Wait for the answers, then send the rest.",
    busy="I am busy: too many photos are waiting. Please try again in a minute.",
    too_late="This took too long, so I gave up. Please try again in a minute.",
    failed="Something went wrong on my side, sorry. Please send it again; if that does not help, try another photo.",
    caption_brand="Brand: {brand}",
    relations={"same": "The same sneaker", "same model": "The same model, other colour", "similar": "Similar"},
    caption_similarity="{relation}: {similarity}",
    caption_more_offers="and more shops: {count}",
    thousands=",",
    decimal=".",
)

RUSSIAN = Texts(
    language="ru",
    start=(
        "Привет! Я ищу кроссовки по фото.\n\n"
        "Пришлите фото кроссовка: я назову бренд и покажу самые похожие модели из магазинов с ценами."
    ),
    help=(
        "<b>Как мной пользоваться</b>\n"
        "• Пришлите фото или изображение файлом (JPEG, PNG, WebP, HEIC; до 20 МБ).\n"
        "• Лучше всего, когда на фото одна модель, крупно и сбоку.\n"
        "• Альбом тоже подойдёт: на каждое фото придёт свой ответ.\n\n"
        "Я отвечаю брендом, уверенностью в нём и самыми похожими кроссовками с ценами и ссылками. "
        "Если я не знаю бренд, так и скажу. Ваши фото я не храню.\n\n"
        "/start – приветствие\n/help – эта справка"
    ),
    start_command="Что умеет этот бот",
    help_command="Как пользоваться",
    send_photo="Я понимаю только фото. Пришлите фото кроссовка или изображение файлом; подробнее – /help.",
    known="<b>{brand}</b>: уверенность {confidence}.",
    unknown=("Не могу назвать бренд: я его, похоже, не знаю. Ближе всего <b>{brand}</b> ({confidence})."),
    no_sneaker=(
        "Не вижу на этом фото кроссовка. Пришлите фото, где один кроссовок или пара крупно, лучше всего сбоку."
    ),
    alternatives="Возможно также: {brands}.",
    similar="Самые похожие кроссовки, которые я знаю:",
    nothing_similar="Похожих кроссовок показать не могу.",
    bad_image="Не могу использовать это изображение: {reason}",
    bad_image_reasons={
        BadImageReason.NOT_A_PHOTO: "это не фото в известном мне формате. Подойдут JPEG, PNG, WebP, HEIC, AVIF.",
        BadImageReason.WEB_PAGE: "это веб-страница или текст, а не фото. Сохраните саму картинку и пришлите её.",
        BadImageReason.EMPTY: "файл пустой. Пришлите его ещё раз.",
        BadImageReason.CUT_OFF: "файл обрывается на середине. Пришлите его ещё раз.",
        BadImageReason.DAMAGED: "файл повреждён и не открывается. Сохраните его заново как JPEG и пришлите.",
        BadImageReason.TOO_HEAVY: "файл слишком тяжёлый. Пришлите копию поменьше.",
        BadImageReason.TOO_LARGE: "оно слишком большое. Пришлите копию поменьше.",
        BadImageReason.TOO_LONG: "оно слишком узкое и длинное. Пришлите фото, на котором кроссовок виден целиком.",
        BadImageReason.TOO_SMALL: "оно слишком маленькое. Пришлите фото покрупнее.",
        BadImageReason.OUT_OF_MEMORY: "оно слишком большое. Пришлите копию поменьше.",
        BadImageReason.FOLDER: "это папка, а не фото. Пришлите сами фото.",
        BadImageReason.MISSING: "такого файла нет. Пришлите его ещё раз.",
        BadImageReason.UNREADABLE: "файл не открывается. Пришлите его ещё раз.",
    },
    too_big="Файл слишком большой: Telegram отдаёт мне файлы до {limit} МБ. Пришлите его как фото.",
    download_failed="Telegram не отдал мне этот файл. Пришлите его ещё раз.",
    too_many="Столько фото сразу от одного человека я не успею. Дождитесь ответов и пришлите остальные.",
    busy="Я занят: слишком много фото ждут ответа. Попробуйте ещё раз через минуту.",
    too_late="Это заняло слишком много времени, и я остановился. Попробуйте ещё раз через минуту.",
    failed="Извините, у меня что-то сломалось. Пришлите ещё раз, а если не поможет – другое фото.",
    caption_brand="Бренд: {brand}",
    relations={"same": "Тот же кроссовок", "same model": "Та же модель, другой цвет", "similar": "Похожий"},
    caption_similarity="{relation}: {similarity}",
    caption_more_offers="и ещё магазинов: {count}",
    thousands="\N{NO-BREAK SPACE}",
    decimal=",",
)


def texts_for(language_code: str | None) -> Texts:
    """The language of a user: Russian for `ru` and its regions ("ru-RU"), English for everyone else."""
    primary = (language_code or "").replace("_", "-").split("-")[0].lower()
    return RUSSIAN if primary == RUSSIAN.language else ENGLISH


def texts_of(update: Update) -> Texts:
    """The language of the person who sent an update."""
    return texts_for(update.effective_user.language_code if update.effective_user else None)
