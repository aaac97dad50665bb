"""Draw the README's picture of the bot: people talk to the real bot process, over a Bot API server on loopback.

    .venv/bin/python -m scripts.draw_conversation --workspace . --out notes/images/bot.jpg

The bot says all this itself, with the demo's bundle; names, times and quotes are left out. Telegram shows the captions
of an album when a picture is opened: here those of the first album stand below its pictures. Albums hold three sneakers
instead of five (`BOT_NEIGHBOURS`), so that one can read them.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distribution
from itertools import groupby
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from PIL import Image, ImageDraw, ImageFont, ImageOps

from tests.bot.process import REAL, BotProcess
from tests.support.telegram import FakeTelegram, Group, Message, Person

Words: TypeAlias = Sequence[tuple[str, str]]  # pieces of a text with their style: "", "bold" or "link"
Placed: TypeAlias = list[tuple[float, float, str, str]]  # left, top, word, style

STYLES = {"bold": "bold", **dict.fromkeys(("text_link", "url", "mention", "bot_command"), "link")}
WIDTH = 1500  # of the file; all is drawn more than twice as large, so that edges are smooth
PLAIN, SMALL, LEADING = 48, 40, 1.22
COLUMN, MARGIN, PAD, GAP, CORNER, BUTTON = 1120, 40, 26, 8, 34, 74
BUBBLE = COLUMN - 4 * PAD
SCREEN, MINE, THEIRS, INK, LINK, LABEL = "#dbe5ea", "#e1fbc6", "#ffffff", "#16181b", "#1b76c4", "#ffffff"
BUTTONS, PRESSED, NOTICE = "#8ea4b0", "#2a8be0", "#3c474f"


@dataclass
class Turn:
    """What is seen of one step: a title or notice, words, pictures with captions, buttons, the one pressed next."""

    mine: bool = False
    title: str = ""
    notice: str = ""
    words: Words = ()
    pictures: Sequence[tuple[bytes, Words]] = ()
    rows: Sequence[Sequence[str]] = ()
    pressed: str = ""


@dataclass
class Chat:
    """A person's chat with the bot, or in a group; what is seen of it is gathered in `turns`."""

    telegram: FakeTelegram
    person: Person
    group: Group | None = None
    turns: list[Turn] = field(default_factory=list)

    def text(self, words: str, *, reply_to: int | None = None, answers: int = 2) -> None:
        """Write to the bot and wait for so many messages, an album being one."""
        self._wait(lambda: self.telegram.send_text(self.person, words, chat=self.group, reply_to=reply_to), answers)

    def photo(self, path: Path, *, captions: bool = False) -> None:
        """Send the bot a photo and wait for its answer."""
        self._wait(lambda: self.telegram.send_photo(self.person, path.read_bytes(), chat=self.group), 2, captions)

    def search(self, label: str) -> None:
        """Press one of the newest buttons and wait for what it finds."""
        self._wait(lambda: self._press(label), 2)

    def choose(self, label: str) -> None:
        """Press one of the newest buttons and wait for a notice and other buttons; those seen before are left out."""
        old = self._press(label)
        new = self.telegram.wait_for(lambda: [m for m in self._messages() if m.id == old.id and m.edits > old.edits])
        rows = new[0].keyboard
        notice = str(self.telegram.calls("answerCallbackQuery")[-1].params["text"])
        self.turns.append(Turn(notice=notice, rows=() if any(turn.rows == rows for turn in self.turns) else rows))

    def _messages(self) -> list[Message]:
        return self.telegram.messages(self.group.id if self.group else self.person.id)

    def _press(self, label: str) -> Message:
        next(turn for turn in reversed(self.turns) if turn.rows).pressed = label
        message = next(each for each in reversed(self._messages()) if each.buttons)
        self.telegram.press(self.person, message.id, label, chat=self.group)
        return message

    def _wait(self, action: Callable[[], object], answers: int, captions: bool = False) -> None:
        seen, count = len(self._messages()), len(self.telegram.answers(self.person, self.group)) + answers
        action()
        self.telegram.wait_for_answers(self.person, count, chat=self.group)
        for _, group in groupby(self._messages()[seen:], lambda each: each.fields.get("media_group_id", each.id)):
            messages = list(group)
            mine = not messages[0].from_bot
            pictures = [(one.data, words_of(each) if captions else ()) for each in messages for one in each.pictures]
            words = () if pictures else words_of(messages[0])
            self.turns.append(Turn(mine, words=words, pictures=pictures, rows=messages[0].keyboard))


def words_of(message: Message) -> Words:
    """The words of a message by their style; none of them holds a character of two UTF-16 units."""
    styles = [""] * len(message.text)
    for entity in message.fields.get("entities") or message.fields.get("caption_entities") or ():
        start, length = entity["offset"], entity["length"]
        styles[start : start + length] = [STYLES.get(entity["type"], "")] * length
    groups = groupby(zip(message.text, styles, strict=True), lambda pair: pair[1])
    return [("".join(letter for letter, _ in group), style) for style, group in groups]


@cache
def font(size: int, style: str = "") -> ImageFont.FreeTypeFont:
    """Source Sans, which comes with Streamlit and has Cyrillic and the signs of currencies."""
    media = Path(str(distribution("streamlit").locate_file("streamlit/static/static/media")))
    loaded = ImageFont.truetype(next(media.glob("SourceSansVF-Upright*")), size)
    loaded.set_variation_by_axes([650 if style == "bold" else 420])
    return loaded


def laid_out(words: Words, size: int, width: float) -> tuple[Placed, float]:
    """Words in lines of at most `width`, and the height of all; an empty line is half as high as others."""
    placed: Placed = []
    left, top = 0.0, 0.0
    for text, style in words:
        for word in re.findall(r"\n| +|[^ \n]+", text):
            length = 0.0 if word == "\n" else font(size, style).getlength(word)
            if word == "\n" or (word.strip(" ") and left + length > width):
                left, top = 0.0, top + size * LEADING * (1 if left else 0.5)
            if word.strip(" \n"):
                placed.append((left, top, word, style))
            left += length
    return placed, top + size * LEADING


class Screen:
    """One column of the picture, drawn from the top downwards; `bottom` is where it ends by now."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.image = Image.new("RGB", (COLUMN, 8000), SCREEN)
        self.bottom = float(PAD)
        self._draw = ImageDraw.Draw(self.image)
        for turn in turns:
            for text, colour in ((turn.title, BUTTONS), (turn.notice, NOTICE)):
                if text:
                    width = font(SMALL, "bold").getlength(text) + 2 * CORNER
                    self._button(text, (COLUMN - width) / 2, width, colour)
                    self.bottom += BUTTON + PAD
            if turn.words:
                self._words(turn)
            if turn.pictures:
                self._pictures(turn)
            for row in turn.rows:
                width = (BUBBLE + GAP) / len(row)
                for number, label in enumerate(row):
                    colour = PRESSED if label == turn.pressed else BUTTONS
                    self._button(label, PAD + number * width, width - GAP, colour)
                self.bottom += BUTTON + GAP
            self.bottom += 0 if turn.title or (turn.notice and not turn.rows) else PAD

    def _box(self, left: float, width: float, height: float, colour: str) -> None:
        self._draw.rounded_rectangle((left, self.bottom, left + width, self.bottom + height), CORNER, colour)

    def _button(self, label: str, left: float, width: float, colour: str) -> None:
        self._box(left, width, BUTTON, colour)
        middle = (left + width / 2, self.bottom + BUTTON / 2)
        self._draw.text(middle, label, LABEL, font(SMALL, "bold"), anchor="mm")

    def _write(self, placed: Placed, left: float, top: float, size: int) -> None:
        for x, y, word, style in placed:
            self._draw.text((left + x, top + y), word, LINK if style == "link" else INK, font(size, style))

    def _words(self, turn: Turn) -> None:
        placed, height = laid_out(turn.words, PLAIN, BUBBLE - 2 * PAD)
        longest = max(x + font(PLAIN, style).getlength(word) for x, _, word, style in placed)
        width = BUBBLE if turn.rows else longest + 2 * PAD
        left = COLUMN - PAD - width if turn.mine else PAD
        self._box(left, width, height + PAD, MINE if turn.mine else THEIRS)
        self._write(placed, left + PAD, self.bottom + PAD / 3, PLAIN)
        self.bottom += height + PAD + GAP

    def _pictures(self, turn: Turn) -> None:
        """A single photo, a row of them, or two in a row with their captions below."""
        captions = any(words for _, words in turn.pictures)
        in_row = 2 if captions else len(turn.pictures)
        whole = BUBBLE if in_row > 1 else BUBBLE / 2
        side = (whole + GAP) / in_row - GAP
        tall = side if in_row > 2 else side * 0.75
        left = COLUMN - PAD - whole if turn.mine else PAD
        texts = [laid_out(words, SMALL, side - PAD) for _, words in turn.pictures]
        rows = [range(start, start + in_row)[: len(texts) - start] for start in range(0, len(texts), in_row)]
        below = [PAD + max(texts[number][1] for number in row) if captions else 0 for row in rows]
        if captions:
            self._box(left, whole, sum(below) + len(rows) * tall, THEIRS)
        for row, text in zip(rows, below, strict=True):
            for column, number in enumerate(row):
                place = left + column * (side + GAP)
                with Image.open(io.BytesIO(turn.pictures[number][0])) as picture:
                    fitted = ImageOps.fit(picture.convert("RGB"), (round(side), round(tall)))
                self.image.paste(fitted, (round(place), round(self.bottom)), rounded(*fitted.size))
                self._write(texts[number][0], place + PAD / 2, self.bottom + tall, SMALL)
            self.bottom += tall + text
        self.bottom += GAP


def rounded(width: int, height: int) -> Image.Image:
    """A mask with round corners."""
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), CORNER, 255)
    return mask


def conversation(telegram: FakeTelegram, queries: Path) -> list[list[Turn]]:
    """Play it; the turns of each column."""
    ann, ivan, olga = Person(1, "en"), Person(2, "ru", "Иван"), Person(3, "ru", "Ольга")
    chat = Chat(telegram, ann, turns=[Turn(title="A photo")])
    chat.text("/start", answers=1)
    chat.photo(queries / "06-fjarn-tarnpath.jpg", captions=True)
    first, chat.turns = chat.turns, [*chat.turns, Turn(title="Buttons")]
    chat.choose("More like…")
    chat.search("3")
    chat.choose("Price…")
    chat.search(chat.turns[-1].rows[0][1])
    chat.text("/about", answers=1)
    words = Chat(telegram, ivan, turns=[Turn(title="Words, in Russian")])
    words.text("синие высокие")
    group = Chat(telegram, ivan, Group(-1001, "Кроссовки"), [Turn(title="A group: a reply to a photo")])
    hers = (queries / "07-gantry-trolley-76.jpg").read_bytes()
    group.turns.append(Turn(pictures=[(hers, ())]))
    group.text("/similar", reply_to=telegram.send_photo(olga, hers, chat=group.group))
    group.choose("Бренд неверный")
    group.choose("Gantry")
    return [first, chat.turns[len(first) :], words.turns + group.turns]


def main(
    workspace: Annotated[Path, typer.Option(help="Workspace with the demo's bundle and photos.")] = Path(),
    out: Annotated[Path, typer.Option(help="Picture to write.")] = Path("notes/images/bot.jpg"),
) -> None:
    """Draw the conversation."""
    settings = {"SNEAKERS_HOME": str(workspace.resolve()), "BOT_NEIGHBOURS": "3"}
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeTelegram() as telegram,
        BotProcess(Path(folder), telegram, module=REAL, **settings) as bot,
    ):
        bot.wait_for_log("the bot answers", timeout=60)
        screens = [Screen(turns) for turns in conversation(telegram, workspace / "data" / "demo" / "queries")]
    height = round(max(screen.bottom for screen in screens))
    canvas = Image.new("RGB", (len(screens) * (COLUMN + MARGIN) - MARGIN, height), "white")
    for number, screen in enumerate(screens):
        column = screen.image.crop((0, 0, COLUMN, height))
        canvas.paste(column, (number * (COLUMN + MARGIN), 0), rounded(*column.size))
    canvas.resize((WIDTH, WIDTH * height // canvas.width), Image.Resampling.LANCZOS).save(out, quality=72)


if __name__ == "__main__":
    typer.run(main)
