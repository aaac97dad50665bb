"""What goes wrong between the bot and Telegram: each kind has its right behaviour, and the token is in no log."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.fakes import photo_of
from tests.bot.process import BotProcess
from tests.bot.words import ENGLISH, RUSSIAN
from tests.support.telegram import TOKEN, FakeTelegram, Group, Person

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
ANN, IVAN = Person(1), Person(2, "ru", "Ivan")
PHOTO = photo_of("plain")


@pytest.fixture(scope="module")
def troubled() -> Iterator[FakeTelegram]:
    """A Bot API that these tests do harm to, each for its own people."""
    with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="module")
def troubled_bot(troubled: FakeTelegram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """Its bot: whatever was done to it, it stops when asked and its log holds no token."""
    with BotProcess(tmp_path_factory.mktemp("troubled"), troubled) as process:
        process.wait_for_log("updates are fetched")
        yield process
        assert process.terminate() == 0
        assert TOKEN not in process.log
        assert TOKEN.split(":")[1] not in process.log


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"code": 401}, "Telegram knows no such token"),
        ({"code": 404}, "Telegram knows no such token"),
        ({"code": 409}, "another process asks for the same updates"),
        ({"code": 500}, "Internal Server Error"),
        ({"code": 502, "body": b"<html>Bad Gateway</html>"}, "Bad Gateway"),
        ({"code": 200, "body": b"<html>captive portal</html>"}, "Invalid server response"),
        ({"code": 200, "body": b'{"ok": true, "result": {}}'}, "no list of updates"),
        ({"code": 429, "retry_after": 1}, "Flood control"),
    ],
    ids=lambda value: str(value.get("code")) if isinstance(value, dict) else None,
)
def test_a_failing_poll_is_said_and_tried_again(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person, failure: dict[str, object], words: str
) -> None:
    before = len(troubled_bot.log)
    troubled.fail("getUpdates", **failure)
    troubled.send_text(ann, "/start")  # ends the poll that is open
    troubled_bot.wait_for_log("updates could not be fetched", after=before)
    troubled.send_text(ann, "/about")
    troubled.wait_for_text(ann, "Sneakers ML")
    assert words in troubled_bot.log[before:]
    troubled.wait_for(lambda: troubled_bot.get("/readyz").status_code == 200, what="a bot that is ready again")
    assert troubled_bot.get("/healthz").json() == {"problem": None, "waiting": 0}


def test_a_network_that_is_down_is_said_in_health_and_waited_for(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person
) -> None:
    before = len(troubled_bot.log)
    troubled.stop()
    troubled_bot.wait_for_log("failures=2", after=before)
    ready = troubled_bot.get("/readyz")
    assert ready.status_code == 503
    assert "Error" in ready.json()["problem"]
    troubled.start()
    troubled.send_text(ann, "/start")
    troubled.wait_for_text(ann, "Hello!", timeout=40)


@pytest.mark.skipif(not CASES.exists(), reason="the cases lie beside the checkout")
def test_an_update_that_cannot_be_parsed_is_logged_once_and_skipped(
    troubled: FakeTelegram, troubled_bot: BotProcess, ivan: Person
) -> None:
    before = len(troubled_bot.log)
    update = json.loads((CASES / "update" / "poll-of-an-older-bot-api.json").read_text())
    for number in range(5):
        troubled.push_raw(update | {"update_id": 900_000 + number})
    troubled.push_raw({"update_id": 900_010, "message": 7})
    troubled.push_raw({"update_id": 900_011})
    troubled.push_raw({"update_id": 900_012, "message": {"chat": [], "from": "x", "media_group_id": {}}})
    troubled.send_text(ivan, "/start")
    troubled.wait_for_text(ivan, "Привет!")
    said = troubled_bot.log[before:]
    assert 1 <= said.count("cannot be read and is skipped") == said.count("update_id=") <= 3
    assert len(said) < 5_000
    figures = troubled_bot.get("/metrics").text
    assert 'bot_errors_total{kind="unreadable"} 7.0' in figures  # but for the one that is empty


def test_a_flood_limit_holds_up_its_own_chat_alone(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person, ivan: Person
) -> None:
    troubled.limit(ann.id, 3)
    troubled.send_photo(ann, PHOTO)
    troubled.wait_for(lambda: any(call.error == 429 for call in troubled.calls(person=ann)), what="the limit")
    started = time.monotonic()
    troubled.send_photo(ivan, PHOTO)
    troubled.wait_for_answers(ivan, 2)
    assert time.monotonic() - started < 2.5
    troubled.wait_for_answers(ann, 2)
    assert sum(call.error == 429 for call in troubled.calls(person=ann)) == 1


def test_a_lost_reply_to_an_album_sends_no_second_one(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person
) -> None:
    troubled.lose_reply("sendMediaGroup", seconds=0.2)
    troubled.send_photo(ann, PHOTO)
    troubled.wait_for_text(ann, "Nike")
    troubled.send_text(ann, "/start")
    troubled.wait_for_text(ann, "Hello!")
    message = next(each for each in troubled.messages(ann.id) if "Nike" in each.text)
    troubled.wait_for(
        lambda: troubled.keyboard(ann.id, message.id)[0] == [ENGLISH.button_pictures],
        what="a button for pictures that may not have arrived",
    )
    assert len(troubled.calls("sendMediaGroup", ann)) == 1
    troubled.press(ann, message.id, ENGLISH.button_pictures)
    troubled.wait_for(lambda: len(troubled.calls("sendMediaGroup", ann)) == 2, what="the pictures")


def test_a_lost_reply_to_a_text_leaves_one_answer(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person, ivan: Person
) -> None:
    for person, method in ((ann, "sendMessage"), (ivan, "editMessageText")):
        troubled.lose_reply(method, seconds=0.2, chat=person.id)
        troubled.send_photo(person, PHOTO)
    for person in (ann, ivan):
        troubled.wait_for(lambda person=person: troubled.calls("sendMediaGroup", person), what="the album")
    time.sleep(3)  # a second try would come after two seconds
    for person in (ann, ivan):
        answers = [each for each in troubled.messages(person.id) if each.from_bot and "Nike" in each.text]
        assert len([each for each in answers if not each.pictures]) == 1
        assert len(troubled.calls("sendMediaGroup", person)) == 1


def test_a_request_that_never_arrived_is_made_again(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person
) -> None:
    troubled.drop("editMessageText")
    troubled.send_photo(ann, PHOTO)
    troubled.wait_for_text(ann, "Nike")
    troubled.wait_for(lambda: troubled.calls("sendMediaGroup", ann), what="the album")
    troubled.fail("sendMessage", 502, body=b"<html>")
    troubled.send_text(ann, "/start")
    troubled.wait_for_text(ann, "Hello!")


def test_where_photos_may_not_be_sent_words_are(troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person) -> None:
    group = Group(-100_500)
    troubled.forbid_photos(group.id)
    troubled.send_photo(ann, PHOTO, chat=group, caption="@sneakers_test_bot")
    said = troubled.wait_for_text(ann, ENGLISH.no_photos_here, group).text
    assert all(f"{number}. Air <Max> & {number}\n" in said for number in range(1, 6))
    assert ENGLISH.failed not in [each.text for each in troubled.messages(group.id)]


def test_a_group_that_moved_is_answered_where_it_is_now(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person
) -> None:
    old, new = Group(-700, supergroup=False, admins=frozenset({ann.id})), Group(-100_700, admins=frozenset({ann.id}))
    troubled.send_text(ann, "hello", chat=new)  # so that there is such a chat
    troubled.send_text(ann, "/settings", chat=old)
    prompt = troubled.wait_for_text(ann, "I am silent", old)
    troubled.press(ann, prompt.id, "Русский", chat=old)
    troubled.wait_for_text(ann, "Язык: Русский", old)
    troubled.fail("sendMessage", 400, chat=old.id, migrate_to=new.id, times=5)
    troubled.send_text(ann, "/about@sneakers_test_bot", chat=old)
    troubled.wait_for_text(ann, "Модель: hog-svm", new)
    troubled.send_text(ann, "/about@sneakers_test_bot", chat=new)  # its settings have moved along
    troubled.wait_for(
        lambda: sum("Модель: hog-svm" in each.text for each in troubled.messages(new.id)) == 2, what="Russian"
    )


def test_a_message_that_is_gone_is_answered_all_the_same(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person
) -> None:
    message = troubled.send_photo(ann, photo_of("slow"))
    looking = troubled.wait_for_answers(ann)[0].message_ids[0]
    troubled.delete_message(ann.id, message)
    troubled.delete_message(ann.id, looking)
    troubled.wait_for_text(ann, "Nike")
    troubled.wait_for(lambda: troubled.calls("sendMediaGroup", ann), what="the album")


def test_a_download_that_fails_is_tried_again_and_then_said(
    troubled: FakeTelegram, troubled_bot: BotProcess, ann: Person
) -> None:
    before = len(troubled_bot.log)
    faults = {"404": Person(ann.id + 100_000), "403": Person(ann.id + 200_000), "no_path": Person(ann.id + 300_000)}
    for broken, person in faults.items():
        troubled.send_photo(person, PHOTO, broken=broken, broken_times=2)
        troubled.send_photo(person, PHOTO, broken=broken, broken_times=99)
    for person in faults.values():
        troubled.wait_for_text(person, "Nike")
        troubled.wait_for_text(person, ENGLISH.download_failed)
    assert "Traceback" not in troubled_bot.log[before:]


def test_a_new_bundle_serves_and_a_broken_one_does_not(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with BotProcess(tmp_path, own_telegram, BOT_REFRESH="0.2") as bot:
        (tmp_path / "bundle-signal").write_text("new")
        bot.wait_for_log("another bundle serves")
        (tmp_path / "bundle-signal").write_text("broken")
        bot.wait_for_log("the new bundle is refused")
        time.sleep(1)
        assert bot.log.count("refused") == 1
        own_telegram.send_photo(ANN, PHOTO)
        own_telegram.wait_for_answers(ANN, 2)
        assert "Traceback" not in bot.log


def test_the_line_says_its_numbers_and_one_person_has_a_limit(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    people = [Person(number) for number in range(10, 14)]
    with BotProcess(
        tmp_path, own_telegram, BOT_AT_ONCE="1", BOT_THREADS="1", BOT_PER_MINUTE="3", BOT_DEADLINE="10"
    ) as bot:
        bot.wait_for_log("updates are fetched")
        own_telegram.send_photo(people[0], photo_of("slow"))
        own_telegram.wait_for_text(people[0], ENGLISH.looking)
        for person in people[1:]:
            own_telegram.send_photo(person, PHOTO)
        for place, person in enumerate(people[1:], 1):
            own_telegram.wait_for_text(person, ENGLISH.line_place.format(place=place))
        for person in people:
            own_telegram.wait_for_text(person, "Nike")
            assert len(own_telegram.wait_for_answers(person, 2)) == 2  # the place in the line became the answer
        for _ in range(6):
            own_telegram.send_text(IVAN, "7")
        own_telegram.wait_for_text(IVAN, RUSSIAN.slow_down.split("{")[0])
        own_telegram.send_text(ANN, "/start")
        own_telegram.wait_for_text(ANN, "Hello!")
        texts = [each.text for each in own_telegram.messages(IVAN.id) if each.from_bot and not each.pictures]
        assert sum("«7»" in text for text in texts) == 3


def test_typing_inline_costs_no_photos(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with BotProcess(tmp_path, own_telegram, BOT_PER_MINUTE="2") as bot:
        bot.wait_for_log("updates are fetched")
        for number in range(5):
            own_telegram.inline(ANN, "nike"[: number + 1])
        own_telegram.wait_for_calls("answerInlineQuery", 5)
        own_telegram.send_photo(ANN, PHOTO)
        own_telegram.wait_for_text(ANN, "Nike")


def test_a_deadline_is_said(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with BotProcess(tmp_path, own_telegram, BOT_DEADLINE="0.5"):
        own_telegram.send_photo(ANN, photo_of("slow"))
        own_telegram.wait_for_text(ANN, ENGLISH.too_late)


def test_after_a_long_absence_the_old_are_told_and_the_young_answered(
    own_telegram: FakeTelegram, tmp_path: Path
) -> None:
    with BotProcess(tmp_path, own_telegram, BOT_AT_ONCE="1", BOT_THREADS="1") as bot:
        bot.wait_for_log("updates are fetched")
        for person in (ANN, IVAN):
            own_telegram.send_photo(person, photo_of("slow"))
        own_telegram.wait_for_text(IVAN, RUSSIAN.line_place.split("{")[0])
        bot.kill()
    with BotProcess(tmp_path, own_telegram, BOT_OLDEST="0.001"):
        own_telegram.wait_for_text(ANN, ENGLISH.away)
        own_telegram.wait_for_text(IVAN, RUSSIAN.away)


@pytest.mark.parametrize("busy", ["photo", "flood", "network", "thread"])
def test_sigterm_ends_it_within_its_bound_whatever_it_waits_for(
    own_telegram: FakeTelegram, tmp_path: Path, busy: str
) -> None:
    with BotProcess(tmp_path, own_telegram, BOT_STOP="1") as bot:
        bot.wait_for_log("updates are fetched")
        if busy == "photo":
            own_telegram.send_photo(ANN, PHOTO, delay=60)
            own_telegram.wait_for_text(ANN, ENGLISH.looking)
        elif busy == "thread":
            own_telegram.send_photo(ANN, photo_of("stuck"))
            own_telegram.wait_for_calls("download")
        elif busy == "flood":
            own_telegram.limit(ANN.id, 50)
            own_telegram.send_photo(ANN, PHOTO)
            own_telegram.wait_for(lambda: any(call.error == 429 for call in own_telegram.calls()), what="the limit")
        elif busy == "network":
            own_telegram.stop()
            bot.wait_for_log("updates could not be fetched")
        started = time.monotonic()
        assert bot.terminate() == 0
        assert time.monotonic() - started < 4
        assert "Traceback" not in bot.log
        if busy == "network":
            own_telegram.start()


def test_what_sigterm_cut_off_is_answered_after_the_next_start(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with BotProcess(tmp_path, own_telegram, BOT_STOP="0.5") as bot:
        own_telegram.send_photo(ANN, photo_of("slow"))
        own_telegram.wait_for_text(ANN, ENGLISH.looking)
        assert bot.terminate() == 0
    with BotProcess(tmp_path, own_telegram):
        own_telegram.wait_for_text(ANN, "Nike")
        own_telegram.wait_for(lambda: own_telegram.calls("sendMediaGroup", ANN), what="the album")
        assert len(own_telegram.answers(ANN)) == 2  # the placeholder of the first process became the answer


def test_two_bots_do_not_share_a_database(own_telegram: FakeTelegram, tmp_path: Path) -> None:
    with BotProcess(tmp_path, own_telegram) as first:
        first.wait_for_log("updates are fetched")
        other = tmp_path / "other"
        other.mkdir()
        with BotProcess(other, own_telegram, BOT_DATABASE=str(tmp_path / "bot.sqlite3")) as second:
            assert second.wait() == 1
            assert second.log.startswith("bot: ")
            assert "another bot uses it" in second.log
            assert second.log.count("\n") == 1
