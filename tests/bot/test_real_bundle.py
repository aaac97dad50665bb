"""`python -m bot` with a real bundle against the fake Telegram: what any bot must do, and answers that are right."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bot.captions import answer_lines, caption
from bot.texts import Texts
from sneakers_ml import images
from sneakers_ml.serving.answer import Answer
from sneakers_ml.serving.recognizer import Recognizer
from tests.bot.process import REAL, BotProcess
from tests.bot.test_any_bundle import (  # noqa: F401 - these run here again, on the bot of this module
    answer_of,
    shoe,
    test_a_photo_is_answered_with_a_brand_and_an_album,
    test_an_image_sent_as_a_file_is_judged_by_its_content,
    test_odd_and_hostile_files_are_answered_one_by_one,
)
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.corpus import encode, make_corpus
from tests.support.telegram import TOKEN, FakeTelegram, Person
from tests.support.tiny import Tiny

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="module")
def bot(telegram: FakeTelegram, tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    folder = tmp_path_factory.mktemp("real-bot")
    home = str(tiny.root)
    with BotProcess(folder, telegram, module=REAL, BOT_PER_MINUTE="500", SNEAKERS_HOME=home) as process:
        yield process
        assert process.terminate() == 0


@pytest.fixture(scope="module")
def recognizer(tiny: Tiny) -> Recognizer:
    return Recognizer.load(tiny.workspace.bundle)


def expected(recognizer: Recognizer, data: bytes) -> Answer:
    return recognizer.answer(images.decode(data, longest_side=images.QUERY_SIDE), top=5)


@pytest.mark.parametrize(("language", "texts"), [("en", ENGLISH), ("ru", RUSSIAN)])
def test_a_photo_gets_its_brand_and_an_album_with_prices_and_links(
    telegram: FakeTelegram, ann: Person, tiny: Tiny, recognizer: Recognizer, language: str, texts: Texts
) -> None:
    person = Person(ann.id, language)
    data = tiny.queries[0].path.read_bytes()
    message = telegram.send_photo(person, data)
    looking, album = telegram.wait_for_answers(person, 2)
    answer = expected(recognizer, data)
    text = "\n".join([*answer_lines(answer, texts, language), "", texts.similar])
    assert telegram.message(person.id, looking.message_ids[0]).html == text
    assert looking.reply_to == album.reply_to == message
    pictures = [picture for picture in album.pictures if picture.caption != texts.searched_region]
    captions = [caption(each, texts, number) for number, each in enumerate(answer.neighbours, 1)]
    assert [picture.caption for picture in pictures] == captions
    assert [picture.data for picture in pictures] == [recognizer.thumbnail(n.photo_id) for n in answer.neighbours]
    shown = pictures[0].caption
    assert re.search(r"₽\S+ – <a href=|\d\s₽ – <a href=", shown)
    assert re.search(r'(€\S+|\d\s€) – <a href="https://outlet.example/', shown)


def test_a_photo_of_the_gallery_is_recognised(telegram: FakeTelegram, ann: Person, tiny: Tiny) -> None:
    photos = pd.read_parquet(tiny.workspace.photo_table).merge(pd.read_parquet(tiny.workspace.split), on="photo_id")
    row = photos[photos["known"] & (photos["split"] == "train")].iloc[0]
    product = pd.read_parquet(tiny.workspace.products).set_index("product_id").loc[row["product_id"]]
    telegram.send_document(ann, (tiny.workspace.photos / row["file"]).read_bytes(), name="shoe.jpg")
    looking, album = telegram.wait_for_answers(ann, 2)
    brand = telegram.message(ann.id, looking.message_ids[0])
    assert brand.text.startswith(f"{product['brand'].title()} – ")
    first = next(picture for picture in album.pictures if picture.caption.startswith("1. "))
    assert first.caption.startswith(f"1. <b>{product['title'].replace(chr(39), '&#x27;')}</b>\n")
    assert "The same model: 100" in first.caption or "The same model: 99" in first.caption
    with Image.open(io.BytesIO(first.data)) as picture, Image.open(tiny.workspace.photos / row["file"]) as photo:
        small = photo.resize(picture.size, Image.Resampling.BOX)
        assert np.abs(np.asarray(picture, float) - np.asarray(small, float)).mean() < 6


def test_a_photo_of_no_shoe_is_owned_up_to(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 600, 3), dtype=np.uint8)
    for person in (ann, ivan):
        telegram.send_photo(person, encode(noise))
    assert telegram.wait_for_text(ann, "I see no sneaker").text == ENGLISH.no_sneaker
    assert telegram.wait_for_text(ivan, "Не вижу").text == RUSSIAN.no_sneaker


def test_every_unreadable_file_gets_a_sentence_in_the_language_of_its_sender(
    telegram: FakeTelegram, ivan: Person, tmp_path: Path
) -> None:
    bad = [case for case in make_corpus(tmp_path) if not case.readable]
    people = {case.name: Person(20_000 + number, "ru") for number, case in enumerate(bad)}
    for case in bad:
        telegram.send_document(people[case.name], case.path.read_bytes(), name=case.name)
    for case in bad:
        text = answer_of(telegram, people[case.name])
        assert text.startswith(("Не могу использовать", "Файл слишком большой")), (case.name, text)
        assert text.endswith("."), (case.name, text)
    telegram.send_text(ivan, "/start")
    assert telegram.wait_for_answers(ivan)[0].text == RUSSIAN.start


def test_photos_of_many_people_at_once_are_each_answered_with_their_own(
    telegram: FakeTelegram, tiny: Tiny, recognizer: Recognizer
) -> None:
    queries = [query.path.read_bytes() for query in tiny.queries]
    people = [Person(30_000 + number) for number in range(3 * len(queries))]
    for number, person in enumerate(people):
        telegram.send_photo(person, queries[number % len(queries)])
    titles = [[f"<b>{n.title}" for n in expected(recognizer, data).neighbours] for data in queries]
    for number, person in enumerate(people):
        *_, album = telegram.wait_for_answers(person, 2, timeout=40)
        captions = [picture.caption for picture in album.pictures if picture.caption != ENGLISH.searched_region]
        shown = [words.replace("&#x27;", "'").split("</b>")[0].split(". ", 1)[1] for words in captions]
        assert shown == titles[number % len(queries)]


@pytest.mark.parametrize("name", ["brand.onnx", "bundle.json"])
def test_a_damaged_bundle_is_one_line_before_telegram_hears_of_it(
    own_telegram: FakeTelegram, tiny: Tiny, tmp_path: Path, name: str
) -> None:
    shutil.copytree(tiny.workspace.bundle, tmp_path / "models" / "serving")
    (tmp_path / "models" / "serving" / name).write_bytes(b"{")
    with BotProcess(tmp_path, own_telegram, module=REAL, SNEAKERS_HOME=str(tmp_path)) as bot:
        assert bot.wait() == 1
        assert len(bot.log.splitlines()) == 1
        assert bot.log.startswith("bot: ")
        assert name in bot.log
        assert TOKEN not in bot.log
    assert own_telegram.calls() == []
