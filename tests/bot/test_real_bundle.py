"""`python -m bot` with a real bundle against the fake Telegram: what any bot must do, and answers that are right."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bot.captions import brand_line, caption
from bot.texts import ENGLISH, RUSSIAN
from sneakers_ml import images
from sneakers_ml.serving.answer import Answer
from sneakers_ml.serving.recognizer import Recognizer
from tests.bot.process import REAL, BotProcess
from tests.bot.test_any_bundle import *  # noqa: F403 - its tests run here again, on the bot of this module
from tests.support.corpus import encode, make_corpus
from tests.support.telegram import TOKEN, FakeTelegram, Person
from tests.support.tiny import Tiny


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="module")
def bot(telegram: FakeTelegram, tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    folder = tmp_path_factory.mktemp("real-bot")
    home = str(tiny.root)
    with BotProcess(folder, telegram, module=REAL, BOT_QUEUE="64", SNEAKERS_HOME=home) as process:
        yield process
        assert process.terminate() == 0


@pytest.fixture(scope="module")
def recognizer(tiny: Tiny) -> Recognizer:
    return Recognizer.load(tiny.workspace.bundle)


def expected(recognizer: Recognizer, data: bytes) -> Answer:
    return recognizer.answer(images.decode(data, longest_side=images.QUERY_SIDE), top=5)


@pytest.mark.parametrize("texts", [ENGLISH, RUSSIAN], ids=["en", "ru"])
def test_a_photo_gets_its_brand_and_an_album_with_prices_and_links(
    telegram: FakeTelegram, ann: Person, tiny: Tiny, recognizer: Recognizer, texts: type[ENGLISH]
) -> None:
    person = Person(ann.id, texts.language)
    data = tiny.queries[0].path.read_bytes()
    message = telegram.send_photo(person, data)
    brand, album = telegram.wait_for_answers(person, 2)
    answer = expected(recognizer, data)
    assert brand.text == f"{brand_line(answer, texts)}\n\n{texts.similar}"
    assert brand.reply_to == album.reply_to == message
    assert [picture.caption for picture in album.pictures] == [caption(n, texts) for n in answer.neighbours]
    assert [picture.data for picture in album.pictures] == [recognizer.thumbnail(n.photo_id) for n in answer.neighbours]
    shown = album.pictures[0].caption
    assert "₽ – <a href=" in shown
    assert '€ – <a href="https://outlet.example/' in shown


def test_a_photo_of_the_gallery_is_recognised(telegram: FakeTelegram, ann: Person, tiny: Tiny) -> None:
    photos = pd.read_parquet(tiny.workspace.photo_table).merge(pd.read_parquet(tiny.workspace.split), on="photo_id")
    row = photos[photos["known"] & (photos["split"] == "train")].iloc[0]
    product = pd.read_parquet(tiny.workspace.products).set_index("product_id").loc[row["product_id"]]
    telegram.send_document(ann, (tiny.workspace.photos / row["file"]).read_bytes(), name="shoe.jpg")
    brand, album = telegram.wait_for_answers(ann, 2)
    assert brand.text.startswith(f"<b>{product['brand'].title()}</b>: ")
    first = album.pictures[0]
    assert first.caption.startswith(f"<b>{product['title'].replace(chr(39), '&#x27;')}</b>\n")
    assert "The same sneaker: 100" in first.caption or "The same sneaker: 99" in first.caption
    with Image.open(io.BytesIO(first.data)) as picture, Image.open(tiny.workspace.photos / row["file"]) as photo:
        small = photo.resize(picture.size, Image.Resampling.BOX)
        assert np.abs(np.asarray(picture, float) - np.asarray(small, float)).mean() < 6


def test_a_photo_of_no_shoe_is_owned_up_to(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 600, 3), dtype=np.uint8)
    for person in (ann, ivan):
        telegram.send_photo(person, encode(noise))
    assert telegram.wait_for_answers(ann)[0].text == ENGLISH.no_sneaker
    assert telegram.wait_for_answers(ivan)[0].text == RUSSIAN.no_sneaker


def test_every_unreadable_file_gets_a_sentence_in_the_language_of_its_sender(
    telegram: FakeTelegram, ivan: Person, tmp_path: Path
) -> None:
    bad = [case for case in make_corpus(tmp_path) if not case.readable]
    people = {case.name: Person(20_000 + number, "ru") for number, case in enumerate(bad)}
    for case in bad:
        telegram.send_document(people[case.name], case.path.read_bytes(), name=case.name)
    for case in bad:
        text = telegram.wait_for_answers(people[case.name])[0].text
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
        _, album = telegram.wait_for_answers(person, 2, timeout=40)
        shown = [picture.caption.replace("&#x27;", "'").split("</b>")[0] for picture in album.pictures]
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
