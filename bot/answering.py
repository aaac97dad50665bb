"""Searches by photo, link, words or button: looking, then the text with its buttons, then the pictures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import structlog
from telegram import Bot, InlineKeyboardMarkup, Update

from bot.addressing import Asked, asked
from bot.asking import LiveServing, Outcome, ask
from bot.captions import answer_lines, caption, format_price, term
from bot.cooldown import Cooldown, SlowDown
from bot.dispatcher import Job
from bot.downloads import DownloadError, FileTooBig, download
from bot.keyboards import answer_keyboard
from bot.messenger import Messenger, Picture, Target
from bot.metrics import Metrics
from bot.preferences import Preferences
from bot.searches import Search, Searches
from bot.texts import FALLBACK, Texts, languages, texts_for
from bot.worker import TooLate, Worker
from sneakers_ml.errors import BadImage, BundleError, SneakersError
from sneakers_ml.images import MAX_BYTES
from sneakers_ml.serving.answer import Answer
from sneakers_ml.serving.formatting import brand_name, display_title
from sneakers_ml.serving.links import LinkError, picture_behind

__all__ = ["Answering", "Voice", "target_of"]

WORDS_LIMIT = 300
"""Characters of a search that are read: nobody types more, and who pastes more gets the gist of it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Voice:
    """A language by its code, and its sentences."""

    language: str
    texts: Texts


def target_of(update: Update) -> Target | None:
    """Where an update is answered: the chat, and the message that is quoted."""
    if update.callback_query and update.callback_query.message:
        message = update.callback_query.message
        return Target(message.chat.id, message.message_id)
    if update.effective_message:
        return Target(update.effective_message.chat_id, update.effective_message.message_id)
    return None


@dataclass(frozen=True)
class Answering:
    """Answers searches; everything that the handlers share.

    `neighbours` is the number of results of a page, `deadline` the seconds that one answer may take, `trusted` are
    sites inside that links may point to.
    """

    bot: Bot
    live: LiveServing
    worker: Worker
    messenger: Messenger
    searches: Searches
    preferences: Preferences
    cooldown: Cooldown
    metrics: Metrics
    neighbours: int
    deadline: float
    trusted: frozenset[str]

    async def voice(self, update: Update) -> Voice:
        """The language of whoever is answered: chosen by the person, or by the group, or that of their Telegram."""
        user, chat = update.effective_user, update.effective_chat
        chosen = await self.preferences.language(user.id) if user else None
        group = await self.preferences.group(chat.id) if chat and chat.type != chat.PRIVATE else None
        texts = texts_for(chosen, group.language if group else None, user.language_code if user else None)
        code = next((code for code, each in languages().items() if each is texts), FALLBACK)
        return Voice(code, texts)

    async def notify(self, job: Job, place: int) -> None:
        """Tell a person who waits for a photo's answer where in the line they are."""
        update = job.updates[0]
        target = target_of(update)
        if target is not None and await self._wanted(update, job):
            sentence = (await self.voice(update)).texts.line_place.format(place=place)
            await self.messenger.place(job, target, sentence)

    async def sorry(self, job: Job, sentence: str) -> None:
        """Say why a question gets no answer."""
        update = job.updates[0]
        target = target_of(update)
        if target is not None and await self._wanted(update, job):
            await self.messenger.say(job, target, getattr((await self.voice(update)).texts, sentence))

    async def _wanted(self, update: Update, job: Job) -> bool:
        """Whether a message is one that the bot answers: in a group it mostly isn't."""
        if update.message is None:
            return update.callback_query is not None
        question = self._asked(job)
        if question.addressed or not question.pictures or update.message.sticker:
            return question.addressed
        return (await self.preferences.group(update.message.chat_id)).answers_all

    def _asked(self, job: Job) -> Asked:
        messages = [update.message for update in job.updates if update.message]
        return asked(messages, self.bot.id, self.bot.username)

    async def message(self, job: Job) -> None:
        """Answer a message, or an album, that is no command."""
        update = job.updates[0]
        if not await self._wanted(update, job):
            return
        question, target = self._asked(job), target_of(update)
        if target is None:
            return
        if question.pictures and all((picture.size or 0) <= MAX_BYTES for picture in question.pictures):
            files = tuple(picture.file_id for picture in question.pictures)
            keys = tuple(picture.key for picture in question.pictures)
            await self.search(job, update, Search(photos=files, photo_keys=keys))
        elif question.link or question.words:
            words = question.words[:WORDS_LIMIT] if question.words else None
            await self.search(job, update, Search(link=question.link, words=words))
        else:
            texts = (await self.voice(update)).texts
            too_big = texts.too_big.format(limit=MAX_BYTES // 2**20)
            sentence = texts.animated_sticker if question.unusable else texts.send_photo
            await self.messenger.say(job, target, too_big if question.pictures else sentence)

    async def search(self, job: Job, update: Update, search: Search) -> None:
        """Answer a search in the chat of its update."""
        started = time.monotonic()
        target, voice, user = target_of(update), await self.voice(update), update.effective_user
        if target is None or user is None:
            return
        texts = voice.texts
        try:
            if job.progress.attempts <= 1 and not job.failures:
                sent = update.message.date.timestamp() if update.message else None
                self.cooldown.take(user.id, sent)
            await self.messenger.place(job, target, texts.looking)
            outcome = await self._ask(search)
        except SlowDown as error:
            if error.first or job.progress.placeholder is not None:
                sentence = texts.slow_down.format(count=self.cooldown.per_minute, seconds=round(error.seconds))
                await self.messenger.say(job, target, sentence)
            return
        except (BadImage, LinkError, DownloadError, TooLate, BundleError) as error:
            log.info("a search was refused", why=type(error).__name__)
            self.metrics.failed(type(error).__name__)
            self.metrics.answered("refused", time.monotonic() - started)
            await self.messenger.say(job, target, explanation(error, texts))
            return
        await self._reply(job, target, voice, user.id, outcome)
        seconds = time.monotonic() - started
        kind = _kind(outcome)
        self.metrics.answered(kind, seconds)
        log.info("answered", outcome=kind, seconds=round(seconds, 3), results=len(outcome.matches))

    async def _ask(self, search: Search) -> Outcome:
        """Fetch what has to be looked at, and look at it, within the deadline."""
        try:
            async with asyncio.timeout(self.deadline):
                if search.link is not None:
                    files = [await picture_behind(search.link, self.trusted)]
                else:
                    files = await asyncio.gather(*(download(self.bot, each) for each in search.photos))
                return await self.worker.run(ask, self.live.current, search, files, self.neighbours, self.metrics)
        except TimeoutError:
            raise TooLate(f"no answer in {self.deadline:g} s (BOT_DEADLINE); try again in a minute") from None

    async def _reply(self, job: Job, target: Target, voice: Voice, person: int, outcome: Outcome) -> None:
        """The text, then the pictures; what they show is kept first, so that every button that is seen works."""
        search, texts = outcome.search, voice.texts
        await self.searches.keep(job.update_id, person, target.chat, search)
        text, code = _text(outcome, voice), voice.language

        def keyboard(*, pictures: bool) -> InlineKeyboardMarkup | None:
            return answer_keyboard(search, job.update_id, texts, code, pictures=pictures)

        lost = job.progress.album_begun
        await self.messenger.say(job, target, text, keyboard(pictures=lost))
        pictures = [
            *([Picture(outcome.region, texts.searched_region)] if outcome.region else []),
            *(
                Picture(jpeg, caption(match, texts, number))
                for number, (match, jpeg) in enumerate(outcome.matches, start=1)
            ),
        ]
        if pictures and not lost and not await self.messenger.show(job, target, pictures, texts):
            await self.messenger.say(job, target, text, keyboard(pictures=True))


def explanation(error: SneakersError, texts: Texts) -> str:
    """The sentence for what may happen to a search on a good day."""
    match error:
        case BadImage():
            return escape(texts.of_image(error), quote=False)
        case LinkError():
            return escape(texts.of_link(error), quote=False)
        case FileTooBig():
            return texts.too_big.format(limit=MAX_BYTES // 2**20)
        case DownloadError():
            return texts.download_failed
        case TooLate():
            return texts.too_late
        case _:
            return texts.stale


def _text(outcome: Outcome, voice: Voice) -> str:
    """The text of an answer."""
    texts, search = voice.texts, outcome.search
    blocks: list[str] = []
    if search.words is not None:
        found = texts.found if outcome.matches else texts.nothing_more if search.page else texts.nothing_found
        blocks.append(found.format(words=escape(search.words)))
    elif search.like is not None:
        blocks.append(texts.more_like.format(title=escape(display_title(outcome.liked))))
    elif not search.page:
        blocks.append(_photos_text(outcome.answers, voice))
    if filters := _filters(search, voice):
        blocks.append(texts.narrowed.format(filters=filters))
    if search.page:
        blocks.append(texts.page.format(number=search.page + 1))
    sneaker = not outcome.answers or any(answer.sneaker for _, answer in outcome.answers)
    if search.words is None and sneaker:
        nothing = texts.nothing_more if search.page else texts.nothing_similar
        if not outcome.matches:
            blocks.append(nothing)
        elif search.like is None:
            blocks.append(texts.similar)
    return "\n\n".join(blocks)


def _photos_text(answers: Sequence[tuple[int, Answer]], voice: Voice) -> str:
    """One photo's brand; of an album one brand where all agree, else a line a photo."""
    best = max((answer for _, answer in answers), key=lambda answer: (answer.known, answer.confidence))
    agreed = best.known and {(answer.brand, answer.known) for _, answer in answers} == {(best.brand, True)}
    if len(answers) == 1 or agreed:
        return "\n".join(answer_lines(best, voice.texts, voice.language))
    lines = ((place, answer_lines(answer, voice.texts, voice.language)[0]) for place, answer in answers)
    return "\n".join(
        voice.texts.photo_of_album.format(number=place + 1, line=line.split("\n")[0]) for place, line in lines
    )


def _filters(search: Search, voice: Voice) -> str:
    texts = voice.texts
    least, most = (
        None if price is None else format_price(price, search.currency, texts)
        for price in (search.min_price, search.max_price)
    )
    price = ""
    if least and most:
        price = texts.price_between.format(least=least, most=most)
    elif least or most:
        price = texts.price_from.format(price=least) if least else texts.price_up_to.format(price=most)
    colour = term("colours", search.colour, voice.language) if search.colour else ""
    brand = escape(brand_name(search.brand)) if search.brand else ""
    return ", ".join(filter(None, [brand, colour, price]))


def _kind(outcome: Outcome) -> str:
    """What the metrics call an answer."""
    if outcome.answers:
        answers = [answer for _, answer in outcome.answers]
        if not any(answer.sneaker for answer in answers):
            return "no_sneaker"
        return "known" if any(answer.known for answer in answers) else "unknown"
    return "words" if outcome.matches else "nothing"
