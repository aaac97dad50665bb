"""A Bot API server on loopback: behaves like Telegram towards one bot, and lets a test be the people who write to it.

::

    with FakeTelegram() as telegram:
        ann = Person(1, "en")
        ...                                            # start a bot with telegram.url and telegram.token
        message = telegram.send_photo(ann, jpeg)
        brand, album = telegram.wait_for_answers(ann, 2)
        assert "Nike" in brand.text and len(album.pictures) == 5
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.support.telegram_chats import Chats, Person
from tests.support.telegram_rules import ApiError, check_album, check_picture, check_text
from tests.support.telegram_wire import Call, Picture, ok, read, refused

__all__ = ["TOKEN", "Call", "FakeTelegram", "Person", "Picture"]

TOKEN = "4242424242:AAE-loopback_only-0123456789abcdefgh"
ANSWERS = frozenset({"sendMessage", "sendPhoto", "sendMediaGroup"})
MAX_DOWNLOAD = 20 * 2**20
MAX_REQUEST = 64 * 2**20
TICK_S = 0.02


class FakeTelegram:
    """The server; the `with` block is its life. Methods are called from the test's thread."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.url = ""
        self._chats = Chats()
        self._changed = threading.Condition()
        self._calls: list[Call] = []
        self._failures: list[tuple[str, ApiError]] = []
        self._poll = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-telegram", daemon=True)
        self._methods: dict[str, Callable[[dict[str, Any], dict[str, bytes]], tuple[Any, tuple[Picture, ...]]]] = {
            "getMe": lambda _params, _files: (self._chats.bot, ()),
            "getFile": self._get_file,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendMediaGroup": self._send_album,
            "sendChatAction": self._send_chat_action,
            **dict.fromkeys(("deleteWebhook", "setMyCommands", "logOut", "close"), _yes),
        }

    # -- life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> FakeTelegram:
        self._thread.start()
        self.url = self._run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._poll += 1  # ends the long poll that may be open
        self._run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> str:
        application = web.Application(client_max_size=MAX_REQUEST)
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{port}"

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=10)

    # -- people -------------------------------------------------------------------------------------------------

    def send_text(self, person: Person, text: str) -> int:
        """A text message, commands included; returns the message's id."""
        return self._push(lambda: self._chats.text(person, text))

    def send_photo(self, person: Person, data: bytes, *, album: str | None = None, delay: float = 0.0) -> int:
        """A photo, offered to the bot in the usual sizes; `delay` is how long its download takes in seconds."""
        return self._push(lambda: self._chats.photo(person, data, album=album, delay=delay))

    def send_document(
        self, person: Person, data: bytes, *, name: str = "file", mime: str | None = None, announced: int | None = None
    ) -> int:
        """A file under any name and type; `announced` overrides the size that the bot is told."""
        return self._push(lambda: self._chats.document(person, data, name=name, mime=mime, announced=announced))

    def send_sticker(self, person: Person) -> int:
        """A sticker."""
        return self._push(lambda: self._chats.sticker(person))

    def send(self, person: Person, content: dict[str, Any]) -> int:
        """Any other message: fields of the Bot API's Message beside id, chat, sender and date."""
        return self._push(lambda: self._chats.message(person, content))

    def block(self, person: Person) -> None:
        """From now on the person refuses the bot's messages."""
        with self._changed:
            self._chats.blocked.add(person.id)

    def fail_once(self, method: str, code: int, *, retry_after: int | None = None) -> None:
        """The next call of `method` is answered with an error; 429 names the seconds to wait."""
        description = "Too Many Requests: retry later" if code == 429 else "Internal Server Error"
        with self._changed:
            self._failures.append((method, ApiError(code, description, retry_after)))

    def _push(self, make: Callable[[], int]) -> int:
        with self._changed:
            return make()

    # -- what the bot did ---------------------------------------------------------------------------------------

    def calls(self, method: str | None = None, person: Person | None = None) -> list[Call]:
        """Requests so far in order, refused ones too."""
        with self._changed:
            return [
                call
                for call in self._calls
                if (method is None or call.method == method) and (person is None or call.chat == person.id)
            ]

    def answers(self, person: Person) -> list[Call]:
        """Messages that the person has received."""
        return [call for call in self.calls(person=person) if call.method in ANSWERS and call.error is None]

    def wait_for_answers(self, person: Person, count: int = 1, *, timeout: float = 20.0) -> list[Call]:
        """The first `count` messages to the person; AssertionError where they do not come within `timeout` seconds."""
        return self._wait(lambda: self.answers(person), count, timeout, f"messages to {person}")

    def wait_for_calls(self, method: str, count: int = 1, *, timeout: float = 20.0) -> list[Call]:
        """The first `count` requests of a method, refused ones too."""
        return self._wait(lambda: self.calls(method), count, timeout, f"calls of {method}")

    def _wait(self, look: Callable[[], list[Call]], count: int, timeout: float, what: str) -> list[Call]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(look()) >= count, timeout):
                seen = [(call.method, call.text[:80], call.error) for call in self._calls[-20:]]
                raise AssertionError(f"{len(look())} of {count} {what} within {timeout} s; last calls: {seen}")
            return look()[:count]

    # -- the server ---------------------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            params, files = await read(request)
        except ConnectionResetError:  # the bot gave the request up
            return web.Response(status=400)
        call = Call(method, params)
        try:
            self._authorise(request)
            if method == "getUpdates":
                return ok(await self._get_updates(params))
            with self._changed:
                self._fail_if_told(method)
                if method not in self._methods:
                    raise ApiError(404, "Not Found")
                result, pictures = self._methods[method](params, files)
            call = Call(method, params, pictures)
            return ok(result)
        except ApiError as error:
            call = Call(method, params, error=error.code)
            return refused(error)
        finally:
            self._record(call)

    def _record(self, call: Call) -> None:
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()

    def _authorise(self, request: web.Request) -> None:
        if request.match_info["token"] != self.token:
            raise ApiError(401, "Unauthorized")

    def _fail_if_told(self, method: str) -> None:
        for failure in self._failures:
            if failure[0] == method:
                self._failures.remove(failure)
                raise failure[1]

    async def _get_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        """Long polling: at once where updates wait, else after `timeout` s; a second poll ends the first with 409."""
        self._fail_if_told("getUpdates")
        self._poll += 1
        mine, until = self._poll, time.monotonic() + float(params.get("timeout", 0))
        while True:
            with self._changed:
                updates = self._chats.updates(int(params.get("offset", 0)), params.get("allowed_updates"))
            if updates or time.monotonic() >= until:
                return updates
            await asyncio.sleep(TICK_S)
            if mine != self._poll:
                raise ApiError(409, "Conflict: terminated by other getUpdates request")

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return web.Response(status=401)
        with self._changed:
            file = self._chats.files.get(request.match_info["path"].removeprefix("files/"))
        if file is None:
            return web.Response(status=404)
        await asyncio.sleep(file.delay)
        self._record(Call("download", {"file_id": file.file_id, "size": len(file.data)}))
        return web.Response(body=file.data)

    def _get_file(self, params: dict[str, Any], _: dict[str, bytes]) -> tuple[Any, tuple[Picture, ...]]:
        file = self._chats.files.get(str(params.get("file_id")))
        if file is None:
            raise ApiError(400, "Bad Request: invalid file_id")
        if file.size > MAX_DOWNLOAD:
            raise ApiError(400, "Bad Request: file is too big")
        return {**file.described(), "file_path": f"files/{file.file_id}"}, ()

    def _send_message(self, params: dict[str, Any], _: dict[str, bytes]) -> tuple[Any, tuple[Picture, ...]]:
        check_text(str(params.get("text", "")), params.get("parse_mode"))
        return self._chats.from_bot(params, {"text": str(params["text"])}), ()

    def _send_photo(self, params: dict[str, Any], files: dict[str, bytes]) -> tuple[Any, tuple[Picture, ...]]:
        picture = _picture(params | {"media": params.get("photo", "attach://photo")}, files)
        return self._chats.from_bot(params, {"caption": picture.caption}), (picture,)

    def _send_album(self, params: dict[str, Any], files: dict[str, bytes]) -> tuple[Any, tuple[Picture, ...]]:
        items = params.get("media", [])
        check_album(len(items))
        pictures = tuple(_picture(item, files) for item in items)
        return [self._chats.from_bot(params, {"caption": picture.caption}) for picture in pictures], pictures

    def _send_chat_action(self, params: dict[str, Any], _: dict[str, bytes]) -> tuple[Any, tuple[Picture, ...]]:
        self._chats.check_recipient(params)
        return True, ()


def _yes(_params: dict[str, Any], _files: dict[str, bytes]) -> tuple[Any, tuple[Picture, ...]]:
    return True, ()


def _picture(item: dict[str, Any], files: dict[str, bytes]) -> Picture:
    """One picture of the request; only uploads, as `attach://<field>`: the fake knows no addresses and no file ids."""
    data = files.get(str(item.get("media", "")).removeprefix("attach://"))
    caption = str(item.get("caption") or "")
    check_picture(data, caption, item.get("parse_mode"))
    return Picture(data or b"", caption)
