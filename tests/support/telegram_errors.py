"""How the Bot API says no."""

from __future__ import annotations

__all__ = ["ApiError", "bad_request"]


class ApiError(Exception):
    """An answer that is not ok: `{"ok": false, "error_code": …, "description": …}`.

    `body` is sent instead of that JSON where a proxy on the way, not Telegram, is the one who answers.
    """

    def __init__(
        self,
        code: int,
        description: str,
        retry_after: int | None = None,
        *,
        migrate_to: int | None = None,
        body: bytes | None = None,
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to
        self.body = body


def bad_request(words: str) -> ApiError:
    """The usual refusal: 400 with the reason."""
    return ApiError(400, f"Bad Request: {words}")
