"""The fake Telegram's chats: groups, entities, quotes, edits and members, as the Bot API documents them."""

from __future__ import annotations

import httpx
import pytest

from tests.bot.api import buttons, made, ok, refused, say, updates
from tests.bot.fakes import photo_of
from tests.support.telegram import BOT_ID, FakeTelegram, Group, Person
from tests.support.telegram_html import parse

ANN, BOB = Person(1), Person(2, "ru", "Bob")
SHOES = Group(-1001, "Shoes", admins=frozenset({2}))
JPEG = photo_of("plain")


# -- messages ---------------------------------------------------------------------------------------------------


def test_groups_and_private_chats_tell_where_a_message_was_written(
    own_telegram: FakeTelegram, client: httpx.Client
) -> None:
    own_telegram.send_text(BOB, "hello", chat=SHOES)
    own_telegram.send_text(BOB, "hello", chat=Group(-5, "Small", supergroup=False))
    private, group, small = (update["message"] for update in updates(client))
    assert private["chat"] == {"id": 1, "type": "private", "first_name": "Ann"}
    assert private["from"] == {"id": 1, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    assert group["chat"] == {"id": -1001, "type": "supergroup", "title": "Shoes"}
    assert group["from"]["language_code"] == "ru"
    assert small["chat"]["type"] == "group"


def test_entities_of_what_people_write(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    text = "/find@sneakers_test_bot 👟 @ann_1: https://shop.example/a?b=1, not me@shop.example"
    own_telegram.send_text(ANN, text)
    own_telegram.send_photo(ANN, JPEG, caption="👟 @sneakers_test_bot")
    words, photo = (update["message"] for update in updates(client)[1:])
    cut = {
        entity["type"]: text.encode("utf-16-le")[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])]
        for entity in words["entities"]
    }
    assert {kind: found.decode("utf-16-le") for kind, found in cut.items()} == {
        "bot_command": "/find@sneakers_test_bot",
        "mention": "@ann_1",
        "url": "https://shop.example/a?b=1",
    }
    assert len(words["entities"]) == 3
    assert photo["caption_entities"] == [{"type": "mention", "offset": 3, "length": 18}]


@pytest.mark.parametrize(
    ("markup", "visible", "entities"),
    [
        (" <b>a<i>b</i></b> &amp; &copy;", "ab & &copy;", [("bold", 0, 2), ("italic", 1, 1)]),
        ('👟 <a href="https://x.example/?a&amp;b">x</a>', "👟 x", [("text_link", 3, 1)]),
        ("1 &lt; 2 > 1", "1 < 2 > 1", []),
    ],
)
def test_markup_becomes_entities(markup: str, visible: str, entities: list[tuple[str, int, int]]) -> None:
    text, found = parse(markup, "HTML")
    assert text == visible
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ],
)
def test_markup_that_cannot_be_parsed(client: httpx.Client, text: str, words: str) -> None:
    sent = client.post("sendMessage", data={"chat_id": 1, "text": text, "parse_mode": "HTML"})
    assert refused(sent) == (400, f"Bad Request: can't parse entities: {words}")


def test_a_quoted_message_comes_whole_but_without_its_own_quote(
    own_telegram: FakeTelegram, client: httpx.Client
) -> None:
    photo = own_telegram.send_photo(BOB, JPEG, chat=SHOES)
    answer = own_telegram.send_text(ANN, "nice", chat=SHOES, reply_to=photo)
    own_telegram.send_text(BOB, "@sneakers_test_bot what is it?", chat=SHOES, reply_to=answer)
    answered, asked = (update["message"] for update in updates(client)[2:])
    assert answered["reply_to_message"]["photo"][-1]["width"] == 400
    assert asked["reply_to_message"]["text"] == "nice"
    assert "reply_to_message" not in asked["reply_to_message"]
    quoting = say(client, reply_parameters={"message_id": 1})
    assert quoting["reply_to_message"]["text"] == "/start"


def test_stickers_hold_files(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    own_telegram.send_sticker(ANN)
    own_telegram.send_sticker(ANN, b"lottie", animated=True, thumbnail=JPEG)
    still, moving = (update["message"]["sticker"] for update in updates(client)[1:])
    assert (still["is_animated"], still["is_video"], moving["is_animated"]) == (False, False, True)
    for file, data in ((moving, b"lottie"), (moving["thumbnail"], JPEG)):
        path = ok(client.post("getFile", data={"file_id": file["file_id"]}))["file_path"]
        address = f"{own_telegram.url}/file/bot{own_telegram.token}/{path}"
        assert httpx.get(address, trust_env=False).content == data


def test_people_edit_and_delete(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    photo = own_telegram.send_photo(ANN, JPEG, caption="a")
    own_telegram.edit_caption(ANN, photo, "b @ann_1")
    own_telegram.edit_text(ANN, 1, "/help")
    caption, text = (update["edited_message"] for update in updates(client)[2:])
    assert (caption["message_id"], caption["caption"]) == (photo, "b @ann_1")
    assert caption["caption_entities"]
    assert caption["edit_date"] >= caption["date"]
    assert text["text"] == "/help"
    own_telegram.delete_message(1, 1)
    sent = client.post("sendMessage", data=made(chat_id=1, text="hi", reply_parameters={"message_id": 1}))
    assert refused(sent) == (400, "Bad Request: message to be replied not found")
    assert own_telegram.messages(1)[0].id == photo


def test_a_document_of_the_bot(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    sent = client.post("sendDocument", data={"chat_id": 1, "caption": "all"}, files={"document": ("a.csv", b"1,2")})
    document = ok(sent)["document"]
    assert (document["file_name"], document["file_size"]) == ("a.csv", 3)
    assert own_telegram.messages(1)[-1].document == b"1,2"
    assert refused(client.post("sendDocument", data={"chat_id": 1}))[1].endswith("there is no document in the request")


def test_a_text_may_look_like_json(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    assert say(client, "[1, 2]")["text"] == "[1, 2]"
    sent = client.post("sendMessage", data={"chat_id": 1, "text": "hi", "reply_markup": "{"})
    assert refused(sent) == (400, "Bad Request: can't parse reply markup JSON object")


# -- edits ------------------------------------------------------------------------------------------------------


def test_editing_a_text(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    number = say(client, reply_markup=buttons("More"))["message_id"]
    same = made(chat_id=1, message_id=number, text="hi", reply_markup=buttons("More"))
    code, words = refused(client.post("editMessageText", data=same))
    assert (code, words[:40]) == (400, "Bad Request: message is not modified: sp")
    assert ok(client.post("editMessageText", data=same | {"text": "<b>ho</b>", "parse_mode": "HTML"}))["edit_date"]
    message = own_telegram.message(1, number)
    assert (message.text, message.html, message.keyboard, message.edits) == ("ho", "<b>ho</b>", [["More"]], 1)
    assert own_telegram.wait_for_text(ANN, "<b>ho").id == own_telegram.wait_for_text(ANN, "ho").id == number
    ok(client.post("editMessageReplyMarkup", data={"chat_id": 1, "message_id": number}))
    assert own_telegram.keyboard(1, number) == []
    assert refused(client.post("editMessageReplyMarkup", data={"chat_id": 1, "message_id": number}))[0] == 400


def test_what_cannot_be_edited(client: httpx.Client) -> None:
    number = say(client)["message_id"]
    place = {"chat_id": 1, "text": "ho", "caption": "ho"}
    for method, message, words in (
        ("editMessageText", 999, "message to edit not found"),
        ("editMessageText", 1, "message can't be edited"),
        ("editMessageCaption", number, "there is no caption in the message to edit"),
    ):
        assert refused(client.post(method, data=place | {"message_id": message})) == (400, f"Bad Request: {words}")


def test_editing_a_photo(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    sent = client.post("sendPhoto", data={"chat_id": 1, "caption": "a"}, files={"photo": ("1.jpg", JPEG)})
    place = {"chat_id": 1, "message_id": ok(sent)["message_id"]}
    text = refused(client.post("editMessageText", data=place | {"text": "b"}))
    assert text == (400, "Bad Request: there is no text in the message to edit")
    assert refused(client.post("editMessageCaption", data=place | {"caption": "a"}))[1].startswith(
        "Bad Request: message is"
    )
    assert ok(client.post("editMessageCaption", data=place | {"caption": "b"}))["caption"] == "b"
    other = photo_of("slow")
    media = made(media={"type": "photo", "media": "attach://new", "caption": "c"}, **place)
    edited = ok(client.post("editMessageMedia", data=media, files={"new": ("2.jpg", other)}))
    message = own_telegram.message(1, place["message_id"])
    assert [(picture.data, picture.caption) for picture in message.pictures] == [(other, "c")]
    assert message.edits == 2
    again = ok(client.post("sendPhoto", data={"chat_id": 1, "photo": edited["photo"][-1]["file_id"]}))
    assert again["photo"] == edited["photo"]
    assert own_telegram.message(1, again["message_id"]).pictures[0].data == other


def test_deleting(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    number = say(client)["message_id"]
    assert ok(client.post("deleteMessage", data={"chat_id": 1, "message_id": number})) is True
    again = client.post("deleteMessage", data={"chat_id": 1, "message_id": number})
    assert refused(again) == (400, "Bad Request: message to delete not found")
    with pytest.raises(LookupError):
        own_telegram.message(1, number)
    theirs = own_telegram.send_text(ANN, "hi", chat=SHOES)
    refusal = refused(client.post("deleteMessage", data={"chat_id": SHOES.id, "message_id": theirs}))
    assert refusal == (400, "Bad Request: message can't be deleted")


# -- members and the bot's own words ----------------------------------------------------------------------------


def test_members_and_leaving(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    own_telegram.send_text(ANN, "hello", chat=SHOES)
    own_telegram.send_text(BOB, "hello")
    own_telegram.send_text(Person(3), "hello")

    def status(user: int) -> str:
        return str(ok(client.post("getChatMember", data={"chat_id": SHOES.id, "user_id": user}))["status"])

    assert [status(user) for user in (1, 2, 3, BOT_ID)] == ["member", "administrator", "left", "member"]
    unknown = client.post("getChatMember", data={"chat_id": SHOES.id, "user_id": 77})
    assert refused(unknown) == (400, "Bad Request: PARTICIPANT_ID_INVALID")
    (admin,) = ok(client.post("getChatAdministrators", data={"chat_id": SHOES.id}))
    assert (admin["user"]["id"], admin["status"], admin["is_anonymous"]) == (2, "administrator", False)
    assert refused(client.post("getChatAdministrators", data={"chat_id": 1}))[0] == 400
    assert ok(client.post("getChat", data={"chat_id": SHOES.id}))["title"] == "Shoes"
    assert ok(client.post("leaveChat", data={"chat_id": SHOES.id})) is True
    sent = client.post("sendMessage", data={"chat_id": SHOES.id, "text": "hi"})
    assert refused(sent) == (403, "Forbidden: bot is not a member of the supergroup chat")
    seen = len(updates(client))
    own_telegram.send_text(ANN, "are you there?", chat=SHOES)
    assert len(updates(client)) == seen


def test_commands_by_scope_and_language(client: httpx.Client) -> None:
    commands = [{"command": "start", "description": "Start"}]
    groups = {"type": "all_group_chats"}
    assert ok(client.post("setMyCommands", data=made(commands=commands))) is True
    assert ok(client.post("setMyCommands", data=made(commands=[], scope=groups, language_code="ru"))) is True
    assert ok(client.post("getMyCommands")) == commands
    assert ok(client.post("getMyCommands", data=made(scope=groups, language_code="ru"))) == []
    assert ok(client.post("getMyCommands", data={"language_code": "ru"})) == []
    wrong = made(commands=[{"command": "Старт", "description": "x"}])
    assert refused(client.post("setMyCommands", data=wrong)) == (400, "Bad Request: BOT_COMMAND_INVALID")
    described = {"description": "Finds sneakers"}
    assert ok(client.post("setMyDescription", data=described)) is True
    assert ok(client.post("getMyDescription", data={"language_code": "ru"})) == described
    assert refused(client.post("setMyShortDescription", data={"short_description": "x" * 121}))[0] == 400


def test_a_transcript_shows_the_conversation(own_telegram: FakeTelegram, client: httpx.Client) -> None:
    for _ in range(2):
        own_telegram.send_photo(ANN, JPEG, album="7")
    say(client, "<b>Nike</b>", parse_mode="HTML", reply_markup=buttons("More"))
    media = [{"type": "photo", "media": "attach://a", "caption": words} for words in ("one", "")]
    ok(client.post("sendMediaGroup", data=made(chat_id=1, media=media), files={"a": ("1.jpg", JPEG)}))
    start, photos, brand, album = own_telegram.transcript(1)
    assert (start.side, start.name, start.text) == ("person", "Ann", "/start")
    assert [picture.data for picture in photos.pictures] == [JPEG, JPEG]
    assert (brand.side, brand.text, brand.keyboard) == ("bot", "Nike", [["More"]])
    assert [picture.caption for picture in album.pictures] == ["one", ""]
    (answer, sent) = own_telegram.answers(ANN)
    assert len(sent.message_ids) == 2
    assert answer.message_ids == (own_telegram.wait_for_text(ANN, "Nike").id,)


def test_parameters_may_come_as_json(client: httpx.Client) -> None:
    sent = client.post("sendMessage", json={"chat_id": 1, "text": "hi", "reply_markup": buttons("More")})
    assert ok(sent)["reply_markup"] == buttons("More")
