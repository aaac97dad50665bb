"""Presses of buttons: under an answer, of the language and of a group's settings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog
from telegram import CallbackQuery, Chat, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest

from bot.answering import Answering, Voice
from bot.dispatcher import Job
from bot.keyboards import Press, answer_keyboard, narrowed, numbers, price_ranges, prices, wrong_brand
from bot.preferences import GroupSettings
from bot.searches import Search
from bot.texts import Texts, languages, texts_for

__all__ = ["AUTO", "GROUP", "LANGUAGE", "Buttons", "is_admin", "language_keyboard", "settings_keyboard"]

LANGUAGE, GROUP = "language:", "group:"
"""How the data of these buttons begins; a language's code follows, or `AUTO`, or what a group switches."""
AUTO, ALL, ASKED = "auto", "all", "asked"

log = structlog.get_logger(__name__)


def language_keyboard(texts: Texts, prefix: str = LANGUAGE) -> list[list[InlineKeyboardButton]]:
    """A button for each language, and for that of Telegram."""
    named = [InlineKeyboardButton(each.name, callback_data=f"{prefix}{code}") for code, each in languages().items()]
    return [named, [InlineKeyboardButton(texts.language_auto, callback_data=f"{prefix}{AUTO}")]]


def settings_keyboard(settings: GroupSettings, texts: Texts) -> InlineKeyboardMarkup:
    """The buttons under a group's settings."""
    label, data = (texts.settings_switch_off, ASKED) if settings.answers_all else (texts.settings_switch_on, ALL)
    switch = [InlineKeyboardButton(label, callback_data=f"{GROUP}{data}")]
    return InlineKeyboardMarkup([switch, *language_keyboard(texts, GROUP)])


async def is_admin(chat: Chat, person: int) -> bool:
    """Whether a person may change a group's settings."""
    member = await chat.get_member(person)
    return member.status in (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)


@dataclass(frozen=True)
class Buttons:
    """Handles callback queries."""

    answering: Answering

    async def press(self, job: Job, update: Update) -> None:
        """A button under an answer, or one that is none of ours."""
        query = update.callback_query
        if query is None or query.message is None:
            return
        voice = await self.answering.voice(update)
        pressed = Press.parse(query.data)
        chat, person = query.message.chat.id, query.from_user.id
        search = None
        if pressed:
            search = await self.answering.searches.get(pressed[1], person, chat)
        if pressed is None or search is None:
            others = pressed is not None and await self.answering.searches.exists(pressed[1], chat)
            await _answer(query, voice.texts.not_yours if others else voice.texts.stale)
            return
        action, search_id, choice = pressed
        if choice is None and (menu := self._menu(action, search, search_id, voice)):
            words, keyboard = menu
            await _answer(query, words)
            await _relabel(query, keyboard)
        elif action == Press.WRONG and choice is not None:
            await self._tell(query, search, search_id, choice, voice)
        else:
            wanted = narrowed(search, action, choice, self.answering.live.current.recognizer.products)
            await _answer(query, None if wanted else voice.texts.stale)
            if wanted:
                await self.answering.search(job, update, wanted)
                if choice is not None:
                    await _relabel(query, answer_keyboard(search, search_id, voice.texts, voice.language))

    def _menu(
        self, action: str, search: Search, search_id: int, voice: Voice
    ) -> tuple[str | None, InlineKeyboardMarkup | None] | None:
        """What a press asks next: a sentence and its buttons; None where it asks nothing."""
        texts = voice.texts
        match action:
            case Press.MORE:
                return texts.choose_more, numbers(search, search_id, action, texts)
            case Press.LESS:
                return texts.choose_less, numbers(search, search_id, action, texts)
            case Press.WRONG:
                return texts.choose_wrong, wrong_brand(search, search_id, texts)
            case Press.PRICE:
                currency, ranges = price_ranges(self.answering.live.current.recognizer.products)
                return texts.choose_price, prices(search_id, ranges, currency, texts)
            case Press.BACK:
                return None, answer_keyboard(search, search_id, texts, voice.language)
        return None

    async def _tell(self, query: CallbackQuery, search: Search, search_id: int, choice: int, voice: Voice) -> None:
        """Keep what the person says the brand is."""
        meant = [*search.brands[1:7], "another brand", "no sneaker"]
        if choice >= len(meant):
            await _answer(query, voice.texts.stale)
            return
        bundle = self.answering.live.current.recognizer.facts
        await self.answering.searches.tell(
            search_id, query.from_user.id, search, meant[choice], f"{bundle.model} {bundle.date}"
        )
        await _answer(query, voice.texts.thanks)
        self.answering.metrics.answered("feedback", 0)
        await _relabel(query, answer_keyboard(search, search_id, voice.texts, voice.language))

    async def language(self, _: Job, update: Update) -> None:
        """A person chooses a language."""
        query = update.callback_query
        if query is None or query.data is None:
            return
        code = query.data.removeprefix(LANGUAGE)
        if code != AUTO and code not in languages():
            await _answer(query, (await self.answering.voice(update)).texts.stale)
            return
        await self.answering.preferences.choose_language(query.from_user.id, None if code == AUTO else code)
        texts = (await self.answering.voice(update)).texts
        await _answer(query, texts.language_chosen)
        await _edit(query, texts.language_chosen, None)

    async def group(self, _: Job, update: Update) -> None:
        """An admin changes a group's settings."""
        query = update.callback_query
        if query is None or query.data is None or query.message is None:
            return
        chat, choice = query.message.chat, query.data.removeprefix(GROUP)
        texts = (await self.answering.voice(update)).texts
        if choice not in (ALL, ASKED, AUTO, *languages()):
            await _answer(query, texts.stale)
            return
        if not await is_admin(chat, query.from_user.id):
            await _answer(query, texts.settings_admins)
            return
        await _answer(query, None)
        settings = await self.answering.preferences.group(chat.id)
        if choice in (ALL, ASKED):
            settings = replace(settings, answers_all=choice == ALL)
        else:
            settings = replace(settings, language=None if choice == AUTO else choice)
        await self.answering.preferences.set_group(chat.id, settings)
        texts = texts_for(settings.language, query.from_user.language_code)
        await _edit(query, settings_text(settings, texts), settings_keyboard(settings, texts))


def settings_text(settings: GroupSettings, texts: Texts) -> str:
    """A group's settings in words."""
    return texts.settings_prompt.format(
        answers=texts.settings_on if settings.answers_all else texts.settings_off,
        language=texts_for(settings.language).name if settings.language else texts.settings_language_auto,
    )


async def _answer(query: CallbackQuery, words: str | None) -> None:
    """Stop the button's waiting; after a restart Telegram has stopped it already."""
    try:
        await query.answer(words)
    except BadRequest as error:
        log.info("a press was answered too late", why=error.message)


async def _relabel(query: CallbackQuery, keyboard: InlineKeyboardMarkup | None) -> None:
    """Other buttons under the message, where it is still there and has others."""
    if query.message is None or not query.message.is_accessible:
        return
    try:
        await query.edit_message_reply_markup(keyboard)
    except BadRequest as error:
        log.info("buttons were not changed", why=error.message)


async def _edit(query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
    if query.message is None or not query.message.is_accessible:
        return
    try:
        await query.edit_message_text(text, reply_markup=keyboard)
    except BadRequest as error:
        log.info("a message was not changed", why=error.message)
