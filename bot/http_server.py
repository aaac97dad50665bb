"""What the bot answers over HTTP: its health, its figures, and Telegram's webhook."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

import structlog
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.metrics import Metrics
from bot.polling import Receive

__all__ = ["WEBHOOK_PATH", "Health", "serve_http"]

WEBHOOK_PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MOST_BYTES = 1_000_000

Health = Callable[[], tuple[bool, bool, dict[str, Any]]]
"""Whether the process is well, whether it answers people, and the reasons."""

log = structlog.get_logger(__name__)


def serve_http(
    host: str, port: int, health: Health, metrics: Metrics, receive: Receive | None = None, secret: str = ""
) -> HTTPServer:
    """Listen; with `receive` also to Telegram, which has to show the secret.

    Raises:
        OSError: the port is taken.
    """

    class Healthz(_Handler):
        def get(self) -> None:
            well, _, facts = health()
            self.say(200 if well else 503, facts)

    class Readyz(_Handler):
        def get(self) -> None:
            _, ready, facts = health()
            self.say(200 if ready else 503, facts)

    class Figures(_Handler):
        def get(self) -> None:
            self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.finish(metrics.page())

    class Webhook(_Handler):
        """The library's own handler says 200 before an update is on the disk, so this one takes its place."""

        async def post(self) -> None:
            shown = self.request.headers.get(SECRET_HEADER, "")
            if not hmac.compare_digest(shown.encode(), secret.encode()):
                metrics.failed("webhook_secret")
                log.warning("a webhook call without the secret was refused")
                self.say(403, {"error": "forbidden"})
                return
            if not health()[1]:  # Telegram sends it again
                self.say(503, {"error": "not ready"})
                return
            try:
                update = json.loads(self.request.body)
                update_id = update["update_id"]
            except (ValueError, TypeError, KeyError):
                update_id = None
            if not isinstance(update_id, int) or receive is None:
                self.say(400, {"error": "no update"})
                return
            await receive([update])
            self.say(200, {})

    routes = [("/healthz", Healthz), ("/readyz", Readyz), ("/metrics", Figures)]
    if receive is not None:
        routes.append((WEBHOOK_PATH, Webhook))
    server = HTTPServer(Application(routes, log_function=lambda _: None), max_body_size=MOST_BYTES)
    server.listen(port, host)
    return server


class _Handler(RequestHandler):
    def say(self, status: int, content: dict[str, Any]) -> None:
        self.set_status(status)
        self.finish(content)
