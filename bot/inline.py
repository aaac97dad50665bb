"""`@bot words` in any chat: sneakers to share."""

from __future__ import annotations

from dataclasses import dataclass, field

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions, Update
from telegram.error import BadRequest

from bot.answering import WORDS_LIMIT, Answering
from bot.captions import best_offer, caption, format_price
from bot.cooldown import Cooldown, SlowDown
from bot.dispatcher import Job
from bot.texts import Texts
from sneakers_ml.serving.answer import Match
from sneakers_ml.serving.filters import EVERYTHING
from sneakers_ml.serving.formatting import brand_name, display_title

__all__ = ["Inline"]

RESULTS = 20
PER_MINUTE = 60
"""Each letter that is typed may be a query, so these are not counted among a person's searches."""
CACHED_S = 300


@dataclass(frozen=True)
class Inline:
    """Handles inline queries."""

    answering: Answering
    cooldown: Cooldown = field(default_factory=lambda: Cooldown(PER_MINUTE))

    async def find(self, _: Job, update: Update) -> None:
        """Answer with a page of results; Telegram asks for the next one by the offset that it is given."""
        query = update.inline_query
        if query is None:
            return
        words = query.query.strip()[:WORDS_LIMIT]
        start = int(query.offset) if query.offset.isascii() and query.offset.isdigit() else 0
        found: list[Match] = []
        try:
            if words:
                self.cooldown.take(query.from_user.id)
                finder = self.answering.live.current.finder
                found = await self.answering.worker.run(
                    finder.find, words, top=RESULTS, skip=start, products=EVERYTHING
                )
            cached = CACHED_S
        except SlowDown:
            cached = 0
        texts = (await self.answering.voice(update)).texts
        following = str(start + RESULTS) if len(found) == RESULTS else ""
        try:
            await query.answer(
                [_article(match, texts) for match in found],
                cache_time=cached,
                is_personal=True,  # the words are in the person's language
                next_offset=following,
            )
        except BadRequest as error:
            if "too old" not in error.message:  # the person typed on, or we were away
                raise


def _article(match: Match, texts: Texts) -> InlineQueryResultArticle:
    offer = best_offer(match.offers)
    price = ""
    if offer is not None and offer.price is not None:
        price = texts.inline_price.format(price=format_price(offer.price, offer.currency, texts))
    return InlineQueryResultArticle(
        match.product_id[:64],
        display_title(match.title)[:256],
        InputTextMessageContent(caption(match, texts), link_preview_options=LinkPreviewOptions(is_disabled=True)),
        description=", ".join(filter(None, [brand_name(match.brand), price])),
    )
