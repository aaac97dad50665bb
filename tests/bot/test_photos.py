"""Photos of every kind, and what the answers say and show; the recogniser does what the test asks."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from tests.bot.fakes import SHADES, SLOW_S, photo_of
from tests.bot.process import BotProcess
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.telegram import FakeTelegram, Person

pytestmark = pytest.mark.usefixtures("fake_bot")


def shade(jpeg: bytes) -> int:
    """Grey of a flat picture, rounded to the fakes' steps of 20."""
    with Image.open(io.BytesIO(jpeg)) as image:
        return 20 * round(float(np.asarray(image.convert("L")).mean()) / 20)


def test_looking_becomes_the_answer_and_an_album_follows(telegram: FakeTelegram, ann: Person) -> None:
    photo = telegram.send_photo(ann, photo_of("plain"))
    looking, album = telegram.wait_for_answers(ann, 2)
    answer = telegram.message(ann.id, looking.message_ids[0])
    assert looking.text == "Looking…"
    assert looking.reply_to == album.reply_to == photo
    assert answer.html == (
        "<b>Nike</b> – sure, 93\xa0%.\n"
        "It could also be Dr. Martens &amp; Co (6\xa0%).\n"
        "It looks red and white, low top.\n\n"
        "The most similar sneakers I know:"
    )
    assert answer.keyboard == [
        ["More like…", "Not this one…", "Next page"],
        ["Only Nike", "Only red"],
        ["Price…", "Wrong brand"],
    ]
    assert album.pictures[0].caption == (
        "1. <b>Air &lt;Max&gt; &amp; 1</b>\nBrand: Nike\nThe same model: 95\xa0%\n"
        '$129.50 – <a href="https://superkicks.example/p?id=1&amp;s=1">superkicks</a>\n'
        "₽11,990 – sneakerbaas"
    )


def test_pictures_belong_to_their_captions(telegram: FakeTelegram, ann: Person) -> None:
    telegram.send_photo(ann, photo_of("plain"))
    album = telegram.wait_for_answers(ann, 2)[1]
    titles = [picture.caption.split("\n")[0] for picture in album.pictures]
    assert titles == [f"{number}. <b>Air &lt;Max&gt; &amp; {number}</b>" for number in range(1, 6)]
    assert [shade(picture.data) for picture in album.pictures] == [20, 40, 60, 80, 100]


def test_a_missing_thumbnail_takes_its_caption_along(telegram: FakeTelegram, ann: Person) -> None:
    telegram.send_photo(ann, photo_of("gap"))
    album = telegram.wait_for_answers(ann, 2)[1]
    shown = [(shade(picture.data), picture.caption.split("</b>")[0][-1]) for picture in album.pictures]
    assert shown == [(20, "1"), (60, "3"), (80, "4"), (100, "5")]


def test_the_searched_region_is_drawn_on_the_photo(telegram: FakeTelegram, ann: Person) -> None:
    telegram.send_photo(ann, photo_of("cropped"))
    album = telegram.wait_for_answers(ann, 2)[1]
    starts = [picture.caption[:3] for picture in album.pictures]
    assert starts == ["I l", "1. ", "2. ", "3. ", "4. ", "5. "]
    with Image.open(io.BytesIO(album.pictures[0].data)) as picture:
        pixels = np.asarray(picture, int)
    assert pixels.shape == (300, 400, 3)
    frame = np.abs(pixels - (224, 90, 50)).max(axis=2) < 60  # orange, on a magenta photo
    rows, columns = np.flatnonzero(frame.any(axis=1)), np.flatnonzero(frame.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == pytest.approx((75, 224, 100, 299), abs=4)


def test_an_unknown_brand_is_owned_up_to(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    for person in (ann, ivan):
        telegram.send_photo(person, photo_of("unknown"))
    assert "Puma (21\xa0%)" in telegram.wait_for_text(ann, "This is not a brand I know well enough").text
    single = telegram.wait_for_answers(ann, 2)[1]
    assert single.method == "sendPhoto"
    assert shade(single.pictures[0].data) == SHADES["photo-1"]
    telegram.wait_for_text(ivan, "Этот бренд я знаю недостаточно")


def test_nothing_similar_and_no_sneaker_are_said_so(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    telegram.send_photo(ann, photo_of("lonely"))
    telegram.wait_for_text(ann, ENGLISH.nothing_similar)
    telegram.send_photo(ivan, photo_of("nothing"))
    assert telegram.wait_for_text(ivan, "Не вижу").text == RUSSIAN.no_sneaker
    assert len(telegram.answers(ivan)) == 1


def test_the_largest_size_of_a_photo_is_fetched(telegram: FakeTelegram, ann: Person) -> None:
    seen = len(telegram.calls("download"))
    telegram.send_photo(ann, photo_of("plain", width=1600, height=1000))
    telegram.wait_for_answers(ann, 2)
    fetched = [call.params["size"] for call in telegram.calls("download")[seen:]]
    assert fetched == [len(photo_of("plain", width=1600, height=1000))]


def test_an_album_of_one_sneaker_gets_its_brand_once(telegram: FakeTelegram, ann: Person) -> None:
    for meaning in ("plain", "cropped", "gap"):
        telegram.send_photo(ann, photo_of(meaning), album="one")
    assert telegram.wait_for_text(ann, "Nike").text.startswith("Nike – sure, 93\xa0%.\nIt could")
    assert len(telegram.wait_for_answers(ann, 2)) == 2


def test_an_album_of_several_sneakers_gets_a_line_for_each(telegram: FakeTelegram, ann: Person) -> None:
    for meaning in ("plain", "puma", "nothing", "unknown"):
        telegram.send_photo(ann, photo_of(meaning), album="several")
    assert telegram.wait_for_text(ann, "Photo 1").text.split("\n\n")[0].split("\n") == [
        "Photo 1: Nike – sure, 93\xa0%.",
        "Photo 2: Puma – sure, 93\xa0%.",
        "Photo 3: I see no sneaker in this photo.",
        "Photo 4: This is not a brand I know well enough to name. The closest is Puma (21\xa0%).",
    ]
    assert len(telegram.wait_for_answers(ann, 2)[1].pictures) == 5


def test_a_photo_of_an_album_that_comes_late_or_edited_is_not_answered_again(
    telegram: FakeTelegram, ann: Person
) -> None:
    first = telegram.send_photo(ann, photo_of("plain"), album="late")
    telegram.wait_for_answers(ann, 2)
    telegram.send_photo(ann, photo_of("plain"), album="late")
    telegram.edit_caption(ann, first, "what is it?")
    telegram.send_text(ann, "/about")
    telegram.wait_for_text(ann, "Sneakers ML")
    assert sum(message.from_bot for message in telegram.messages(ann.id)) == 7  # text, album of five, this


def test_an_update_that_comes_twice_is_answered_once(telegram: FakeTelegram, ann: Person) -> None:
    telegram.send_photo(ann, photo_of("plain"))
    update = telegram.last_update
    telegram.wait_for_answers(ann, 2)
    telegram.repeat(update)
    telegram.send_text(ann, "/about")
    telegram.wait_for_text(ann, "Sneakers ML")
    assert sum(message.from_bot for message in telegram.messages(ann.id)) == 7  # text, album of five, this


def test_a_sticker_is_looked_at(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    telegram.send_sticker(ann, photo_of("puma"))
    telegram.wait_for_text(ann, "Puma – sure")
    telegram.send_sticker(ivan, b"moves", animated=True, thumbnail=photo_of("puma"))
    telegram.wait_for_text(ivan, "Puma: уверен")
    telegram.send_sticker(ivan, b"moves", video=True)
    telegram.wait_for_text(ivan, RUSSIAN.animated_sticker)


def test_words_are_searched_and_paged(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    telegram.send_text(ann, "7  9")
    telegram.wait_for_text(ann, "“7 9”:")
    album = telegram.wait_for_answers(ann, 2)[1]
    assert [picture.caption.split("\n")[0] for picture in album.pictures] == [
        "1. <b>Air &lt;Max&gt; &amp; 7</b>",
        "2. <b>Air &lt;Max&gt; &amp; 9</b>",
    ]
    telegram.send_text(ivan, "<нет> & такого")
    assert "«<нет> & такого»" in telegram.wait_for_text(ivan, "ничего не нашлось").text


class _Shop(http.server.BaseHTTPRequestHandler):
    """Hands out a photo at /shoe.jpg, and leads inside from anywhere else."""

    def do_GET(self) -> None:
        body = photo_of("puma") if self.path == "/shoe.jpg" else b""
        self.send_response(200 if body else 302)
        if not body:
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_link_is_followed_but_not_inside(
    own_telegram: FakeTelegram, tmp_path_factory: pytest.TempPathFactory, shop: str
) -> None:
    people = [Person(number) for number in range(1, 8)]
    links = {
        f"look: http://{shop}/shoe.jpg": "Puma – sure",
        f"http://{shop}/elsewhere": "not open to everybody",
        "http://169.254.169.254/latest/meta-data/": "not open to everybody",
        "http://127.0.0.1:1/": "not open to everybody",
        "http://localhost/shoe.jpg": "not open to everybody",
        "http://[::1]/shoe.jpg": "not open to everybody",
        "http://no-such-host.invalid/shoe.jpg": "does not answer",
    }
    with BotProcess(tmp_path_factory.mktemp("links"), own_telegram, LINK_HOSTS=shop):
        for person, link in zip(people, links, strict=True):
            own_telegram.send_text(person, link)
        for person, words in zip(people, links.values(), strict=True):
            own_telegram.wait_for_text(person, words)


def test_a_fault_of_ours_is_apologised_for_and_logged(
    telegram: FakeTelegram, bot: BotProcess, ann: Person, ivan: Person
) -> None:
    telegram.send_photo(ann, photo_of("crash"))
    telegram.wait_for_text(ann, ENGLISH.failed)
    assert len(telegram.answers(ann)) == 1
    bot.wait_for_log("RuntimeError: the model fell over")
    telegram.send_photo(ivan, photo_of("plain"))
    telegram.wait_for_answers(ivan, 2)


def test_a_slow_photo_and_a_slow_download_hold_nobody_up(telegram: FakeTelegram, ann: Person, ivan: Person) -> None:
    far = Person(ann.id + 500_000)
    telegram.send_photo(ann, photo_of("slow"))
    telegram.send_photo(far, photo_of("plain"), delay=SLOW_S)
    telegram.send_photo(ivan, photo_of("plain"))
    quick = telegram.wait_for_answers(ivan, 2)[1].at
    assert quick < telegram.wait_for_answers(ann, 2)[1].at
    assert quick < telegram.wait_for_answers(far, 2)[1].at
