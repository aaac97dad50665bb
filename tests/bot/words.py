"""The two languages that tests read."""

from __future__ import annotations

from bot.texts import texts_for

__all__ = ["ENGLISH", "RUSSIAN"]

ENGLISH, RUSSIAN = texts_for("en"), texts_for("ru")
