"""The HTTP side of the fake Telegram: it takes the bot's requests, hands files out and delivers to the webhook."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.support.telegram_api import methods
from tests.support.telegram_errors import ApiError
from tests.support.telegram_failures import CONFLICT, Kind, Rule
from tests.support.telegram_state import State
from tests.support.telegram_updates import Webhook
from tests.support.telegram_wire import Call, Done, Params, Uploads, ok, read, refused

__all__ = ["Server"]

MAX_REQUEST = 64 * 2**20
WEBHOOK_RETRY_S = 0.1
WEBHOOK_TIMEOUT_S = 30
WEBHOOK_IS_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)

T = TypeVar("T")


class Server:
    """A thread with an event loop; its methods are called from the test's thread."""

    def __init__(self, state: State, token: str) -> None:
        self._state = state
        self._token = token
        self._methods = methods(state)
        self._port = 0
        self._polls = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-telegram", daemon=True)
        self._runner: web.AppRunner | None = None

    # -- life ---------------------------------------------------------------------------------------------------

    def open(self) -> str:
        """Start the thread and listen; returns the address."""
        self._thread.start()
        self._run(self._open())
        self.listen()
        return f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        """The end of the thread."""
        self.hang_up()
        self._state.wake = lambda: None
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def listen(self) -> None:
        """Take requests, on the port of the first time."""
        self._run(self._listen())

    def hang_up(self) -> None:
        """Break every connection and take none."""
        self._run(self._hang_up())

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=10)

    async def _open(self) -> None:
        self._pulse = asyncio.Event()
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._state.wake = self._wake_soon
        self._delivering = asyncio.create_task(self._deliver())

    async def _close(self) -> None:
        self._delivering.cancel()
        with suppress(asyncio.CancelledError):
            await self._delivering

    async def _listen(self) -> None:
        if self._runner is not None:
            return
        application = web.Application(client_max_size=MAX_REQUEST)
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._down.clear()
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self._up.set()

    async def _hang_up(self) -> None:
        if self._runner is None:
            return
        self._up.clear()
        self._down.set()
        self._polls += 1  # ends the long poll that may be open
        self._wake()
        if self._runner.server is not None:
            for connection in self._runner.server.connections:
                connection.force_close()
        await self._runner.cleanup()
        self._runner = None

    def _wake_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        """Whoever waits for the present pulse looks again, and waits for the next one."""
        self._pulse.set()
        self._pulse = asyncio.Event()

    async def _pause(self, seconds: float) -> None:
        """Let time pass, but not longer than the network lives."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._down.wait(), seconds)

    # -- requests -----------------------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        call = Call(method, {})
        try:
            params, uploads = await read(request)
            call = Call(method, params)
            self._authorise(request)
            if self._taken("drop", call):
                self._record(Call(method, params, error=0))
                return _hung_up(request)
            done = await self._do(call, uploads)
        except ConnectionResetError:  # the bot gave the request up
            return web.Response(status=400)
        except ApiError as error:
            self._record(Call(method, call.params, error=error.code))
            return refused(error)
        self._record(Call(method, params, done.pictures, message_ids=done.message_ids))
        lost = self._taken("lose", call)
        if lost:
            await self._pause(lost.seconds)
            return _hung_up(request)
        return ok(done)

    async def _do(self, call: Call, uploads: Uploads) -> Done:
        with self._state.changing():
            self._state.failures.check(call.method, call.chat)
            if call.method != "getUpdates":
                if call.method not in self._methods:
                    raise ApiError(404, "Not Found")
                return self._methods[call.method](call.params, uploads)
        return Done(await self._get_updates(call.params))

    def _taken(self, kind: Kind, call: Call) -> Rule | None:
        with self._state.changed:
            return self._state.failures.take(kind, call.method, call.chat)

    def _record(self, call: Call) -> None:
        with self._state.changing():
            self._state.calls.append(call)

    def _authorise(self, request: web.Request) -> None:
        if request.match_info["token"] != self._token:
            raise ApiError(401, "Unauthorized")

    async def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        """Long polling: at once where updates wait, else after `timeout` s; a second poll ends the first with 409."""
        self._polls += 1
        self._wake()
        mine, until = self._polls, time.monotonic() + float(params.get("timeout") or 0)
        updates = self._state.updates
        with self._state.changed:
            if updates.webhook:
                raise ApiError(409, WEBHOOK_IS_ACTIVE)
            updates.allow(params.get("allowed_updates"))
        limit = min(max(int(params.get("limit") or 100), 1), 100)
        while True:
            pulse = self._pulse
            with self._state.changed:
                if updates.webhook:
                    raise ApiError(409, "Conflict: terminated by setWebhook request")
                given = updates.poll(int(params.get("offset") or 0), limit)
            left = until - time.monotonic()
            if given or left <= 0:
                return given
            with suppress(TimeoutError):
                await asyncio.wait_for(pulse.wait(), left)
            if mine != self._polls:
                raise ApiError(409, CONFLICT)

    # -- files --------------------------------------------------------------------------------------------------

    async def _download(self, request: web.Request) -> web.Response:
        name = request.match_info["path"].removeprefix("files/")
        with self._state.changed:
            file = self._state.files.get(name)
        call = Call("download", {"file_id": name, "size": len(file.data or b"") if file else 0})
        try:
            self._authorise(request)
            if self._taken("drop", call):
                self._record(Call("download", call.params, error=0))
                return _hung_up(request)
            with self._state.changed:
                self._state.failures.check("download", None)
                if file and file.trouble and file.trouble.happens("403"):
                    raise ApiError(403, "Forbidden")
                if file is None or file.data is None or (file.trouble and file.trouble.happens("404")):
                    raise ApiError(404, "Not Found")
        except ApiError as error:
            self._record(Call("download", call.params, error=error.code))
            return refused(error)
        data = file.data
        await self._pause(file.delay)
        self._record(Call("download", call.params))
        with self._state.changed:
            self._state.files.fetched(file)
        return web.Response(body=data)

    # -- the webhook --------------------------------------------------------------------------------------------

    async def _deliver(self) -> None:
        """One update at a time, each again until the bot takes it, so that they arrive in order."""
        async with ClientSession(timeout=ClientTimeout(total=WEBHOOK_TIMEOUT_S)) as session:
            while True:
                await self._up.wait()
                pulse = self._pulse
                with self._state.changed:
                    hook, update = self._state.updates.webhook, self._state.updates.first()
                if hook is None or update is None:
                    await pulse.wait()
                    continue
                error = await _post(session, hook, update)
                with self._state.changed:
                    if error:
                        hook.failed(error)
                    else:
                        self._state.updates.delivered(update)
                if error:
                    await asyncio.sleep(WEBHOOK_RETRY_S)


async def _post(session: ClientSession, hook: Webhook, update: dict[str, Any]) -> str | None:
    """Why the bot did not take the update; None where it did."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
    try:
        async with session.post(hook.url, json=update, headers=headers, allow_redirects=False) as response:
            if 200 <= response.status < 300:
                return None
            return f"Wrong response from the webhook: {response.status} {response.reason}"
    except TimeoutError:
        return "Read timeout expired"
    except (ClientError, OSError):
        return "Connection refused"


def _hung_up(request: web.Request) -> web.Response:
    """Close the connection; the response never gets anywhere."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
